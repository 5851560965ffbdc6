/** `signal`. */
import { splitWords } from '@fleetvisor/config';
import { applyToNames } from '../apply-to-names.ts';
import { isServerReady } from '../check-server.ts';
import { type CtlCommand, refuse } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const signal: CtlCommand = {
  name: 'signal',
  help: [
    ['signal <signal> <name> [...]', 'send a signal (HUP, USR1, 9) to these processes'],
    ['signal <signal> <group>:*', 'send it to all processes of a group'],
    ['signal <signal> all', 'send it to all processes'],
  ],
  run: async (session, argument) => {
    if (!(await isServerReady(session))) return;
    const [wanted, ...names] = splitWords(argument);
    if (wanted === undefined || names.length === 0) {
      return refuse(session, signal, 'Error: signal requires a signal name and a process name');
    }
    const { supervisor } = session;
    await applyToNames(session, names, {
      verb: 'signal',
      harmless: undefined,
      unknownGroup: exitCodes.failed,
      all: () => supervisor.toMany('signalAllProcesses', wanted),
      group: (group) => supervisor.toMany('signalProcessGroup', group, wanted),
      one: (namespec) => supervisor.signalProcess(namespec, wanted),
    });
  },
};
