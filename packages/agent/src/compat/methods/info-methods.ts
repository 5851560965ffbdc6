/** supervisor.getProcessInfo and getAllProcessInfo: what `supervisorctl status` shows. */
import type { Daemon } from '../daemon.ts';
import { XmlRpcFault } from '../xmlrpc/fault.ts';
import { method, type XmlRpcMethod } from '../xmlrpc/method.ts';
import { namedProcess } from './named-target.ts';
import { name } from './parameters.ts';
import { ProcessInfos } from './process-infos.ts';

export function infoMethods(daemon: Daemon): readonly XmlRpcMethod[] {
  const infos = new ProcessInfos(daemon);
  return [
    method({
      name: 'supervisor.getProcessInfo',
      parameters: [name],
      returns: 'struct',
      help:
        'Tells of the process "name" or "group:name": name, group, description, start, stop and now (Unix seconds), ' +
        'state, statename, spawnerr, exitstatus, logfile, stdout_logfile, stderr_logfile, pid. Fault: BAD_NAME.',
      call: (namespec) => {
        const info = infos.one(namedProcess(daemon.supervisor, namespec));
        if (info === undefined) throw new XmlRpcFault('BAD_NAME', namespec);
        return info;
      },
    }),
    method({
      name: 'supervisor.getAllProcessInfo',
      parameters: [],
      returns: 'array',
      help: 'Tells of every process what getProcessInfo tells of one, sorted by process group and name.',
      call: () => infos.all(),
    }),
  ];
}
