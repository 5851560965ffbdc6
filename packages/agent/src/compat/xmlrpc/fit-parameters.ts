/** What a client sent against what a method takes. Pure; as lenient as Python is where it would not fail. */
import { XmlRpcFault } from './fault.ts';
import type { Parameter } from './method.ts';
import { pythonStr } from './python-str.ts';
import type { XmlRpcValue } from './value.ts';

/** @throws XmlRpcFault INCORRECT_PARAMETERS when there are too few or too many */
export function checkCount(parameters: readonly Parameter[], given: readonly XmlRpcValue[]): void {
  const required = parameters.filter((parameter) => parameter.default === undefined).length;
  if (given.length < required || given.length > parameters.length) throw new XmlRpcFault('INCORRECT_PARAMETERS');
}

/**
 * One value for each parameter and of its type; what was left out has its default. The count has been checked.
 * @throws XmlRpcFault INCORRECT_PARAMETERS
 */
export function fitParameters(parameters: readonly Parameter[], given: readonly XmlRpcValue[]): XmlRpcValue[] {
  return parameters.map((parameter, place) => {
    const value = given[place] ?? parameter.default;
    const fitting = value === undefined ? undefined : fit(parameter.type, value);
    if (fitting === undefined) throw new XmlRpcFault('INCORRECT_PARAMETERS');
    return fitting;
  });
}

/** undefined: it does not fit. */
function fit(type: Parameter['type'], value: XmlRpcValue): XmlRpcValue | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'text':
      return pythonStr(value);
    case 'int':
      return wholeNumber(value) ?? cutNumber(value);
    case 'boolean':
      return isTruthy(value);
    case 'string or int':
      return typeof value === 'string' ? value : wholeNumber(value);
    case 'array':
      return Array.isArray(value) ? value : undefined;
    case 'struct':
      return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  }
}

/** To Python true is 1. */
function wholeNumber(value: XmlRpcValue): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

/** What `int()` makes of it in Python: some clients know no number, and some no whole one. */
function cutNumber(value: XmlRpcValue): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value);
  return typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : undefined;
}

/** What `if` makes of it in Python: clients that know no boolean send 0 and 1, or a text. */
function isTruthy(value: XmlRpcValue): boolean {
  return typeof value === 'object' ? Object.keys(value).length > 0 : Boolean(value);
}
