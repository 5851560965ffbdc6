/** `tail`: the end of a process' log, or all that comes from now on. */
import { splitWords } from '@fleetvisor/config';
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { isServerReady } from '../check-server.ts';
import { type CtlCommand, refuse } from '../command.ts';
import { logPath, tailFollow } from '../follow-log.ts';
import { printLogEnd } from '../print-log-end.ts';
import type { CtlSession } from '../session.ts';
import { parseTail, type TailRequest } from '../tail-request.ts';

export const tail: CtlCommand = {
  name: 'tail',
  help: [
    ['tail <name>', 'the last 1600 bytes that a process wrote to stdout'],
    ['tail -100 <name>', 'the last 100 bytes'],
    ['tail -f <name>', 'what it writes from now on; Ctrl-C ends'],
    ['tail [...] <name> stderr', 'the same of stderr'],
  ],
  run: async (session, argument) => {
    if (!(await isServerReady(session))) return;
    const parsed = parseTail(splitWords(argument));
    if (parsed.ok) await show(session, parsed.request);
    else if (parsed.withHelp) refuse(session, tail, parsed.message);
    else session.fail(parsed.message);
    return undefined;
  },
};

async function show(session: CtlSession, { namespec, channel, howMuch }: TailRequest): Promise<void> {
  if (howMuch.kind === 'follow') await tailFollow(session, logPath(namespec, channel));
  else {
    const read = () => session.supervisor.readLog(namespec, channel, howMuch.bytes);
    await printLogEnd(session, namespec, read, { [faultCodes.BAD_NAME]: 'no such process name' });
  }
}
