/** supervisor.start*: one process, a process group, all. Waiting holds up that answer alone; the start goes on without its client. */
import { assertNever, type Clock } from '@fleetvisor/primitives';
import type { ProcessName } from '../../supervision/status.ts';
import type { StartResult, Supervisor } from '../../supervision/supervisor.ts';
import { faultCodes, XmlRpcFault } from '../xmlrpc/fault.ts';
import { method, type XmlRpcMethod } from '../xmlrpc/method.ts';
import { groupMembers, namedTarget } from './named-target.ts';
import { groupName, name, wait } from './parameters.ts';
import { isInRunningSet } from './process-sets.ts';
import { statusArray } from './status-array.ts';

export function startMethods(supervisor: Supervisor, clock: Clock): readonly XmlRpcMethod[] {
  const startEach = (processes: readonly ProcessName[], isAwaited: boolean) =>
    statusArray(
      processes.filter((process) => !isInRunningSet(supervisor.status(process))),
      async (process, namespec) => (await start(supervisor, process, namespec, isAwaited)) !== 'already-started',
      { clock, isFor: (process, status) => isAwaited && takesTime(supervisor, process, status) },
    );
  return [
    method({
      name: 'supervisor.startProcess',
      parameters: [name, wait],
      returns: 'boolean',
      help:
        'Starts the process "name" or "group:name". Answers true once it is RUNNING, or with wait=false once its launch ' +
        'is under way. For "group:*" does and answers what startProcessGroup does. Faults: BAD_NAME, NO_FILE, ' +
        'NOT_EXECUTABLE, ALREADY_STARTED, FAILED, SPAWN_ERROR, ABNORMAL_TERMINATION.',
      call: async (namespec, isAwaited) => {
        const target = namedTarget(supervisor, namespec);
        if (target.kind === 'group') return startEach(groupMembers(supervisor, target.group), isAwaited);
        const result = await start(supervisor, target.process, namespec, isAwaited);
        if (result === 'already-started') throw new XmlRpcFault('ALREADY_STARTED', namespec);
        return true;
      },
    }),
    method({
      name: 'supervisor.startProcessGroup',
      parameters: [groupName, wait],
      returns: 'array',
      help:
        'Starts what is not started of a process group, all at once, low priorities first. Answers, in the order in ' +
        'which they were done, a struct for each: name, group, status (80 for success, else the code of a fault) and ' +
        'description. Fault: BAD_NAME.',
      call: (group, isAwaited) => startEach(groupMembers(supervisor, group), isAwaited),
    }),
    method({
      name: 'supervisor.startAllProcesses',
      parameters: [wait],
      returns: 'array',
      help: 'Starts every process that is not started, those without autostart too. Answers as startProcessGroup does.',
      call: (isAwaited) => startEach(supervisor.processNames(), isAwaited),
    }),
  ];
}

/** Whether that only shows some time after the launch. */
function takesTime(supervisor: Supervisor, process: ProcessName, status: number): boolean {
  if (status === faultCodes.SUCCESS) return supervisor.spec(process)?.startsecs !== 0;
  return status === faultCodes.SPAWN_ERROR || status === faultCodes.ABNORMAL_TERMINATION;
}

/** @throws XmlRpcFault unless it is started, or was */
async function start(
  supervisor: Supervisor,
  process: ProcessName,
  namespec: string,
  isAwaited: boolean,
): Promise<'started' | 'already-started'> {
  const result = await supervisor.start(process, { wait: isAwaited });
  if (result === 'started' || result === 'already-started') return result;
  throw startFault(result, namespec, () => supervisor.lookUp(process)?.spawnError);
}

/** @param lookUpFailure why the command cannot be started; asked only where that is what is wrong */
function startFault(
  result: Exclude<StartResult, 'started' | 'already-started'>,
  namespec: string,
  lookUpFailure: () => string | undefined,
): XmlRpcFault {
  switch (result) {
    case 'no-file':
      return new XmlRpcFault('NO_FILE', lookUpFailure());
    case 'not-executable':
      return new XmlRpcFault('NOT_EXECUTABLE', lookUpFailure());
    case 'spawn-error':
      return new XmlRpcFault('SPAWN_ERROR', namespec);
    case 'abnormal-termination':
      return new XmlRpcFault('ABNORMAL_TERMINATION', namespec);
    case 'unknown-state':
      return new XmlRpcFault('FAILED', `${namespec} is in an unknown process state`);
    case 'held':
      return new XmlRpcFault('FAILED', `${namespec} was stopped by hand`);
    case 'shutting-down':
      return new XmlRpcFault('SHUTDOWN_STATE');
    case 'no-such-process':
      return new XmlRpcFault('BAD_NAME', namespec);
    default:
      return assertNever(result);
  }
}
