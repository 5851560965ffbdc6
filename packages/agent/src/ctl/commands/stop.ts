/** `stop`. */
import { splitWords } from '@fleetvisor/config';
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { applyToNames } from '../apply-to-names.ts';
import { isServerReady } from '../check-server.ts';
import { type CtlCommand, refuse } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const stop: CtlCommand = {
  name: 'stop',
  help: [
    ['stop <name> [...]', 'stop these processes, and wait until they have ended'],
    ['stop <group>:*', 'stop all processes of a group'],
    ['stop all', 'stop all processes'],
  ],
  run: async (session, argument) => {
    if (!(await isServerReady(session))) return;
    const names = splitWords(argument);
    if (names.length === 0) return refuse(session, stop, 'Error: stop requires a process name');
    const { supervisor } = session;
    await applyToNames(session, names, {
      verb: 'stop',
      harmless: faultCodes.NOT_RUNNING,
      unknownGroup: exitCodes.failed,
      all: () => supervisor.toMany('stopAllProcesses'),
      group: (group) => supervisor.toMany('stopProcessGroup', group),
      one: (namespec) => supervisor.stopProcess(namespec),
    });
  },
};
