/** Every method of the namespace `supervisor`, as Supervisor has them; `system` is the dispatcher's own. */
import { Users } from '../../os/users.ts';
import type { Daemon } from '../daemon.ts';
import type { XmlRpcMethod } from '../xmlrpc/method.ts';
import { clearLogMethods } from './clear-log-methods.ts';
import { configMethods } from './config-methods.ts';
import { daemonMethods } from './daemon-methods.ts';
import { infoMethods } from './info-methods.ts';
import { readLogMethods } from './read-log-methods.ts';
import { signalMethods } from './signal-methods.ts';
import { startMethods } from './start-methods.ts';
import { stdinMethods } from './stdin-methods.ts';
import { stopMethods } from './stop-methods.ts';

/** Names of earlier versions, which clients still call. */
const aliases = {
  'supervisor.getVersion': 'supervisor.getAPIVersion',
  'supervisor.readMainLog': 'supervisor.readLog',
  'supervisor.readProcessLog': 'supervisor.readProcessStdoutLog',
  'supervisor.tailProcessLog': 'supervisor.tailProcessStdoutLog',
  'supervisor.clearProcessLog': 'supervisor.clearProcessLogs',
} as const satisfies Record<string, string>;

/**
 * Whoever calls them sees to it that they are not called during a shutdown. A call that waits goes on although its client
 * has gone.
 * @param daemon its supervisor is followed for as long as that lives: make them once for each
 */
export function supervisorMethods(daemon: Daemon): readonly XmlRpcMethod[] {
  const { clock, supervisor } = daemon;
  const users = new Users(clock);
  const methods = [
    ...daemonMethods(daemon),
    ...infoMethods(daemon),
    ...configMethods(daemon, (user) => users.findUser(user)?.uid),
    ...startMethods(supervisor, clock),
    ...stopMethods(supervisor, clock),
    ...signalMethods(supervisor),
    ...stdinMethods(supervisor),
    ...readLogMethods(daemon),
    ...clearLogMethods(daemon),
  ];
  const aliased = Object.entries(aliases).flatMap(([alias, name]) =>
    methods.filter((method) => method.name === name).map((method) => ({ ...method, name: alias })),
  );
  return [...methods, ...aliased];
}
