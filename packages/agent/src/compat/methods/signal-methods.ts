/** supervisor.signal*: any signal, to the child alone and never to its group. */
import { signalName, signalNumber } from '@fleetvisor/config';
import { assertNever } from '@fleetvisor/primitives';
import type { ProcessName } from '../../supervision/status.ts';
import type { Supervisor } from '../../supervision/supervisor.ts';
import { XmlRpcFault } from '../xmlrpc/fault.ts';
import { method, type XmlRpcMethod } from '../xmlrpc/method.ts';
import { groupMembers, namedTarget } from './named-target.ts';
import { groupName, name, signal } from './parameters.ts';
import { isSignallable } from './process-sets.ts';
import { statusArray } from './status-array.ts';

export function signalMethods(supervisor: Supervisor): readonly XmlRpcMethod[] {
  const signalEach = (processes: readonly ProcessName[], wanted: string | number) =>
    statusArray(
      processes.filter((process) => isSignallable(supervisor.status(process))),
      (process, namespec) => send(supervisor, process, namespec, wanted),
    );
  return [
    method({
      name: 'supervisor.signalProcess',
      parameters: [name, signal],
      returns: 'boolean',
      help:
        'Sends a signal, as "HUP", "SIGHUP" or its number, to the process "name" or "group:name". For "group:*" does ' +
        'and answers what signalProcessGroup does. Faults: BAD_NAME, BAD_SIGNAL, NOT_RUNNING, FAILED.',
      call: (namespec, wanted) => {
        const target = namedTarget(supervisor, namespec);
        if (target.kind === 'group') return signalEach(groupMembers(supervisor, target.group), wanted);
        return send(supervisor, target.process, namespec, wanted);
      },
    }),
    method({
      name: 'supervisor.signalProcessGroup',
      parameters: [groupName, signal],
      returns: 'array',
      help:
        'Sends a signal to what runs of a process group. Answers a struct for each: name, group, status (80 for ' +
        'success, else the code of a fault) and description. Fault: BAD_NAME.',
      call: (group, wanted) => signalEach(groupMembers(supervisor, group), wanted),
    }),
    method({
      name: 'supervisor.signalAllProcesses',
      parameters: [signal],
      returns: 'array',
      help: 'Sends a signal to every process that runs. Answers as signalProcessGroup does.',
      call: (wanted) => signalEach(supervisor.processNames(), wanted),
    }),
  ];
}

/** @throws XmlRpcFault unless it is sent */
function send(supervisor: Supervisor, process: ProcessName, namespec: string, wanted: string | number): true {
  const number = signalNumber(String(wanted));
  if (number === undefined) throw new XmlRpcFault('BAD_SIGNAL', String(wanted));
  const normalName = number === 0 ? '0' : signalName(number).replace(/^SIG/, '');
  const result = supervisor.signal(process, normalName);
  switch (result) {
    case 'signalled':
      return true;
    case 'not-running':
      throw new XmlRpcFault('NOT_RUNNING', namespec);
    case 'failed': {
      const pid = supervisor.status(process)?.pid ?? 0;
      throw new XmlRpcFault('FAILED', `unknown problem sending sig ${process.name} (${pid}): the main log says why`);
    }
    case 'no-such-process':
      throw new XmlRpcFault('BAD_NAME', namespec);
    default:
      return assertNever(result);
  }
}
