/** `start`. */
import { splitWords } from '@fleetvisor/config';
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { applyToNames } from '../apply-to-names.ts';
import { isServerReady } from '../check-server.ts';
import { type CtlCommand, refuse } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const start: CtlCommand = {
  name: 'start',
  help: [
    ['start <name> [...]', 'start these processes, and wait until they are up'],
    ['start <group>:*', 'start all processes of a group'],
    ['start all', 'start all processes'],
  ],
  run: async (session, argument) => {
    if (!(await isServerReady(session))) return;
    const names = splitWords(argument);
    if (names.length === 0) {
      return refuse(session, start, 'Error: start requires a process name', exitCodes.badArguments);
    }
    const { supervisor } = session;
    await applyToNames(session, names, {
      verb: 'start',
      harmless: faultCodes.ALREADY_STARTED,
      unknownGroup: exitCodes.badArguments,
      all: () => supervisor.toMany('startAllProcesses'),
      group: (group) => supervisor.toMany('startProcessGroup', group),
      one: (namespec) => supervisor.startProcess(namespec),
    });
  },
};
