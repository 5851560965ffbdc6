/** `restart`: everything named is stopped before anything of it starts. */
import { splitWords } from '@fleetvisor/config';
import { isServerReady } from '../check-server.ts';
import { type CtlCommand, refuse } from '../command.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';

export const restart: CtlCommand = {
  name: 'restart',
  help: [
    ['restart <name> [...]', 'stop these processes, then start them'],
    ['restart <group>:*', 'the same for all processes of a group'],
    ['restart all', 'the same for all processes'],
    ['', 'config files are not read again: see reread and update'],
  ],
  run: async (session, argument) => {
    if (!(await isServerReady(session))) return;
    if (splitWords(argument).length === 0) return refuse(session, restart, 'Error: restart requires a process name');
    await stop.run(session, argument);
    await start.run(session, argument);
  },
};
