/** What a name in a request means: one process, or a whole process group. Knows nothing of what is asked of it. */
import { splitNamespec } from '@fleetvisor/config';
import type { ProcessName } from '../../supervision/status.ts';
import type { Supervisor } from '../../supervision/supervisor.ts';
import { XmlRpcFault } from '../xmlrpc/fault.ts';

export type NamedTarget =
  | { readonly kind: 'process'; readonly process: ProcessName }
  | { readonly kind: 'group'; readonly group: string };

/** @throws XmlRpcFault BAD_NAME, with the words that were asked for */
export function namedTarget(supervisor: Supervisor, namespec: string): NamedTarget {
  const { group, name } = splitNamespec(namespec);
  if (name === undefined) {
    if (!hasGroup(supervisor, group)) throw new XmlRpcFault('BAD_NAME', namespec);
    return { kind: 'group', group };
  }
  const process = { group, name };
  if (supervisor.spec(process) === undefined) throw new XmlRpcFault('BAD_NAME', namespec);
  return { kind: 'process', process };
}

/** Where a whole group makes no sense. @throws XmlRpcFault BAD_NAME */
export function namedProcess(supervisor: Supervisor, namespec: string): ProcessName {
  const target = namedTarget(supervisor, namespec);
  if (target.kind === 'group') throw new XmlRpcFault('BAD_NAME', namespec);
  return target.process;
}

/** The processes of a group in request order; an empty group has none. @throws XmlRpcFault BAD_NAME */
export function groupMembers(supervisor: Supervisor, group: string): readonly ProcessName[] {
  const members = supervisor.processNames().filter((process) => process.group === group);
  if (members.length === 0 && !hasGroup(supervisor, group)) throw new XmlRpcFault('BAD_NAME', group);
  return members;
}

function hasGroup(supervisor: Supervisor, group: string): boolean {
  return supervisor.groups().some(({ spec }) => spec.name === group);
}
