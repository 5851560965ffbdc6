/** supervisor.stop*: one process, a process group, all. Whoever asks here wants it down: it stays down over an upgrade of the agent. */
import type { Clock } from '@fleetvisor/primitives';
import type { ProcessName } from '../../supervision/status.ts';
import type { Supervisor } from '../../supervision/supervisor.ts';
import { faultCodes, XmlRpcFault } from '../xmlrpc/fault.ts';
import { method, type XmlRpcMethod } from '../xmlrpc/method.ts';
import { groupMembers, namedTarget } from './named-target.ts';
import { groupName, name, wait } from './parameters.ts';
import { statusArray } from './status-array.ts';

export function stopMethods(supervisor: Supervisor, clock: Clock): readonly XmlRpcMethod[] {
  // All are asked, and those that had nothing to stop are left out: what is about to start can be stopped, too.
  const stopEach = (processes: readonly ProcessName[], isAwaited: boolean) =>
    statusArray(
      processes,
      async (process, namespec) => (await stop(supervisor, process, namespec, isAwaited)) === 'stopped',
      { clock, isFor: (_, status) => isAwaited && status === faultCodes.SUCCESS },
    );
  return [
    method({
      name: 'supervisor.stopProcess',
      parameters: [name, wait],
      returns: 'boolean',
      help:
        'Stops the process "name" or "group:name". Answers true once it is stopped, or with wait=false once it is told ' +
        'to. For "group:*" does and answers what stopProcessGroup does. Faults: BAD_NAME, NOT_RUNNING, FAILED.',
      call: async (namespec, isAwaited) => {
        const target = namedTarget(supervisor, namespec);
        if (target.kind === 'group') return stopEach(groupMembers(supervisor, target.group), isAwaited);
        const result = await stop(supervisor, target.process, namespec, isAwaited);
        if (result === 'not-running') throw new XmlRpcFault('NOT_RUNNING', namespec);
        return true;
      },
    }),
    method({
      name: 'supervisor.stopProcessGroup',
      parameters: [groupName, wait],
      returns: 'array',
      help:
        'Stops what runs of a process group, all at once. Answers, in the order in which they were done, a struct for ' +
        'each: name, group, status (80 for success, else the code of a fault) and description. Fault: BAD_NAME.',
      call: (group, isAwaited) => stopEach(groupMembers(supervisor, group), isAwaited),
    }),
    method({
      name: 'supervisor.stopAllProcesses',
      parameters: [wait],
      returns: 'array',
      help: 'Stops every process that runs, all at once. Answers as stopProcessGroup does.',
      call: (isAwaited) => stopEach(supervisor.processNames(), isAwaited),
    }),
  ];
}

/** @throws XmlRpcFault FAILED when it may not be signalled: nobody can say whether it lives on */
async function stop(
  supervisor: Supervisor,
  process: ProcessName,
  namespec: string,
  isAwaited: boolean,
): Promise<'stopped' | 'not-running'> {
  const result = await supervisor.stop(process, { byHand: true, wait: isAwaited });
  if (result === 'no-such-process') throw new XmlRpcFault('BAD_NAME', namespec);
  const status = result === 'stopped' ? supervisor.status(process) : undefined;
  if (status?.state !== 'UNKNOWN') return result;
  const detail = `unknown problem killing ${process.name} (${status.pid}): the main log says why`;
  throw new XmlRpcFault('FAILED', detail);
}
