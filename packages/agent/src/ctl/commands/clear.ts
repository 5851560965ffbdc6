/** `clear`: empties the logs of processes. */
import { splitNamespec, splitWords } from '@fleetvisor/config';
import { resultOf, tellResults } from '../apply-to-names.ts';
import { isServerReady } from '../check-server.ts';
import { type CtlCommand, refuse } from '../command.ts';

const clearing = { verb: 'clear', harmless: undefined } as const;

export const clear: CtlCommand = {
  name: 'clear',
  help: [
    ['clear <name> [...]', 'empty the logs of these processes'],
    ['clear all', 'empty the logs of all processes'],
  ],
  run: async (session, argument) => {
    if (!(await isServerReady(session))) return;
    const names = splitWords(argument);
    if (names.length === 0) return refuse(session, clear, 'Error: clear requires a process name');
    const { supervisor } = session;
    if (names.includes('all')) {
      tellResults(session, clearing, await supervisor.toMany('clearAllProcessLogs'));
      return;
    }
    for (const namespec of names) {
      // Supervisor has no method for a group: it is refused as an unknown name.
      const result = await resultOf(() => supervisor.clearProcessLogs(namespec), splitNamespec(namespec));
      tellResults(session, clearing, [result]);
    }
  },
};
