/** `fg`: what a process writes comes to the screen, what is typed goes to it. */
import { splitWords } from '@fleetvisor/config';
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { isServerReady } from '../check-server.ts';
import { RpcFault } from '../client/call-error.ts';
import { type CtlCommand, refuse } from '../command.ts';
import { followLog, logPath } from '../follow-log.ts';
import type { CtlSession } from '../session.ts';

const RUNNING = 20;

export const fg: CtlCommand = {
  name: 'fg',
  help: [
    ['fg <name>', 'show what a process writes, and send it what is typed, line by line'],
    ['', 'Ctrl-C ends it; the process goes on'],
  ],
  run: async (session, argument) => {
    if (!(await isServerReady(session))) return;
    const [namespec, ...more] = splitWords(argument);
    if (namespec === undefined) return refuse(session, fg, 'ERROR: no process name supplied');
    if (more.length > 0) session.fail('ERROR: too many process names supplied');
    else if (await isRunning(session, namespec)) await talkTo(session, namespec);
    return undefined;
  },
};

/** Says so when it is not. */
async function isRunning(session: CtlSession, namespec: string): Promise<boolean> {
  try {
    const info = await session.supervisor.process(namespec);
    if (info.state === RUNNING) return true;
    session.fail('ERROR: process not running');
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    if (error.code === faultCodes.BAD_NAME) session.fail('ERROR: bad process name supplied');
    // Any other fault leaves the exit code alone, as in supervisorctl.
    else session.print(`ERROR: ${error.message}`);
  }
  return false;
}

async function talkTo(session: CtlSession, namespec: string): Promise<void> {
  session.print('==> Press Ctrl-C to exit <==');
  const stop = new AbortController();
  const interrupted = Promise.withResolvers<undefined>();
  using _interrupt = session.interrupts.listen(() => interrupted.resolve(undefined));
  const logs = (['stdout', 'stderr'] as const).map((channel) =>
    followLog(session, logPath(namespec, channel), stop.signal),
  );
  try {
    for (;;) {
      const line = await Promise.race([session.lines.next(''), interrupted.promise]);
      if (line === undefined || !(await isTaken(session, namespec, `${line}\n`))) break;
    }
  } finally {
    stop.abort();
    await Promise.all(logs);
  }
  session.print('Exiting foreground');
}

/** Sends a line; false, having said why, when the process cannot take another. */
async function isTaken(session: CtlSession, namespec: string, text: string): Promise<boolean> {
  try {
    await session.supervisor.sendStdin(namespec, text);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    session.print(error.code === faultCodes.NOT_RUNNING ? 'Process got killed' : `ERROR: ${error.message}`);
    return false;
  }
  const info = await session.supervisor.process(namespec);
  if (info.state !== RUNNING) session.print('Process got killed');
  return info.state === RUNNING;
}
