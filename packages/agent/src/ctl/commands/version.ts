/** `version`: of the daemon. */
import { isServerReady } from '../check-server.ts';
import { type CtlCommand, refuse } from '../command.ts';

export const version: CtlCommand = {
  name: 'version',
  help: [['version', 'the version of the daemon']],
  run: async (session, argument) => {
    if (argument !== '') return refuse(session, version, 'Error: version accepts no arguments');
    if (await isServerReady(session)) session.print(await session.supervisor.supervisorVersion());
    return undefined;
  },
};
