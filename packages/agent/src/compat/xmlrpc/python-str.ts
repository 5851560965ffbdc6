/** Values as Python's `str` shows them, which Supervisor's answers and events have where a client sent no string. Pure. */
import { pythonRepr } from '@fleetvisor/config';
import type { XmlRpcValue } from './value.ts';

export function pythonStr(value: XmlRpcValue): string {
  return typeof value === 'string' ? value : shown(value);
}

function shown(value: XmlRpcValue): string {
  switch (typeof value) {
    case 'string':
      return pythonRepr(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return String(value);
    default:
      return isArray(value)
        ? `[${value.map(shown).join(', ')}]`
        : `{${Object.entries(value)
            .map(([name, member]) => `${pythonRepr(name)}: ${shown(member)}`)
            .join(', ')}}`;
  }
}

function isArray(value: readonly XmlRpcValue[] | object): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}
