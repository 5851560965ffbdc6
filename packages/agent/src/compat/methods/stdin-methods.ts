/** supervisor.sendProcessStdin. */
import { assertNever } from '@fleetvisor/primitives';
import type { Supervisor } from '../../supervision/supervisor.ts';
import { XmlRpcFault } from '../xmlrpc/fault.ts';
import { method, type XmlRpcMethod } from '../xmlrpc/method.ts';
import { namedProcess } from './named-target.ts';
import { name } from './parameters.ts';

export function stdinMethods(supervisor: Supervisor): readonly XmlRpcMethod[] {
  return [
    method({
      name: 'supervisor.sendProcessStdin',
      // A number is taken so far that it can be refused as Supervisor does.
      parameters: [name, { name: 'chars', type: 'string or int' }],
      returns: 'boolean',
      help:
        'Writes text as UTF-8 to the stdin of the process "name" or "group:name"; no newline is added. Faults: BAD_NAME, ' +
        'NOT_RUNNING, NO_FILE when its stdin is closed, FAILED when it does not read: then nothing of the text is sent.',
      call: (namespec, chars) => send(supervisor, namespec, chars),
    }),
  ];
}

function send(supervisor: Supervisor, namespec: string, chars: string | number): true {
  if (typeof chars !== 'string') throw new XmlRpcFault('INCORRECT_PARAMETERS', String(chars));
  const process = namedProcess(supervisor, namespec);
  // Nothing is written any more to what is on its way down.
  const isStopping = supervisor.status(process)?.state === 'STOPPING';
  const result = isStopping ? 'not-running' : supervisor.sendStdin(process, Buffer.from(chars));
  switch (result) {
    case 'taken':
      return true;
    case 'full':
      throw new XmlRpcFault('FAILED', `${namespec} does not read its stdin: nothing of this was sent`);
    case 'closed':
      throw new XmlRpcFault('NO_FILE', namespec);
    case 'not-running':
      throw new XmlRpcFault('NOT_RUNNING', namespec);
    case 'no-such-process':
      throw new XmlRpcFault('BAD_NAME', namespec);
    default:
      return assertNever(result);
  }
}
