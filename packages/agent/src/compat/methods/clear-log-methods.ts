/** The methods that empty logs. Unlike Supervisor's they empty those of a process that does not run, too (trap 50). */
import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FleetError } from '@fleetvisor/primitives';
import type { ProcessName } from '../../supervision/status.ts';
import type { Daemon } from '../daemon.ts';
import { XmlRpcFault } from '../xmlrpc/fault.ts';
import { method, type XmlRpcMethod } from '../xmlrpc/method.ts';
import type { XmlRpcStruct } from '../xmlrpc/value.ts';
import { namedProcess } from './named-target.ts';
import { name } from './parameters.ts';
import { statusEntry } from './status-array.ts';

export function clearLogMethods(daemon: Daemon): readonly XmlRpcMethod[] {
  return [
    method({
      name: 'supervisor.clearLog',
      parameters: [],
      returns: 'boolean',
      help: 'Empties the log of the daemon itself. Faults: NO_FILE, FAILED.',
      call: () => {
        const path = daemon.mainLog.path();
        if (path === undefined || !existsSync(path)) throw new XmlRpcFault('NO_FILE');
        return cleared(daemon, undefined, () => daemon.mainLog.clear());
      },
    }),
    method({
      name: 'supervisor.clearProcessLogs',
      parameters: [name],
      returns: 'boolean',
      help:
        'Empties the stdout and stderr logs of the process "name" or "group:name", whether it runs or not. Faults: ' +
        'BAD_NAME, FAILED.',
      call: (namespec) => clearProcess(daemon, namedProcess(daemon.supervisor, namespec), namespec),
    }),
    method({
      name: 'supervisor.clearAllProcessLogs',
      parameters: [],
      returns: 'array',
      help:
        'Empties the logs of every process. Answers a struct for each: name, group, status (80 for success, else the ' +
        'code of a fault) and description.',
      call: () => clearAll(daemon),
    }),
  ];
}

/** One after the other, and the engine sees to other things in between. */
async function clearAll(daemon: Daemon): Promise<readonly XmlRpcStruct[]> {
  const entries: XmlRpcStruct[] = [];
  for (const process of daemon.supervisor.processNames()) {
    const entry = await statusEntry(process, (each, namespec) => clearProcess(daemon, each, namespec));
    if (entry !== undefined) entries.push(entry);
    await nextTurn();
  }
  return entries;
}

function clearProcess(daemon: Daemon, process: ProcessName, namespec: string): true {
  return cleared(daemon, namespec, () => {
    if (!daemon.supervisor.clearLogs(process)) throw new XmlRpcFault('BAD_NAME', namespec);
  });
}

/** @throws XmlRpcFault FAILED; why is in the main log, where there is room for it */
function cleared(daemon: Daemon, detail: string | undefined, clear: () => void): true {
  try {
    clear();
    return true;
  } catch (thrown) {
    if (!(thrown instanceof FleetError)) throw thrown;
    daemon.mainLog.log('error', thrown.message);
    throw new XmlRpcFault('FAILED', detail);
  }
}
