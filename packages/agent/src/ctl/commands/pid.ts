/** `pid`: of the daemon, or of processes. */
import { splitWords } from '@fleetvisor/config';
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { isServerReady } from '../check-server.ts';
import { RpcFault } from '../client/call-error.ts';
import type { CtlCommand } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import type { CtlSession } from '../session.ts';

export const pid: CtlCommand = {
  name: 'pid',
  help: [
    ['pid', 'the process id of the daemon'],
    ['pid <name> [...]', 'the process ids of these processes, 0 where one does not run'],
    ['pid all', 'the process ids of all processes, one on each line'],
  ],
  run: async (session, argument) => {
    if (!(await isServerReady(session))) return;
    const names = splitWords(argument);
    const { supervisor } = session;
    if (names.length === 0) session.print(String(await supervisor.pid()));
    else if (names.includes('all')) {
      for (const info of await supervisor.allProcesses()) session.print(String(info.pid));
    } else {
      for (const namespec of names) await printPid(session, namespec);
    }
  },
};

async function printPid(session: CtlSession, namespec: string): Promise<void> {
  try {
    const info = await session.supervisor.process(namespec);
    session.print(String(info.pid));
    if (info.pid === 0) session.exitCode = exitCodes.notRunning;
  } catch (error) {
    if (!(error instanceof RpcFault) || error.code !== faultCodes.BAD_NAME) throw error;
    session.fail(`No such process ${namespec}`);
  }
}
