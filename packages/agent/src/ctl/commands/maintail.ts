/** `maintail`: the end of the daemon's own log, or all that comes from now on. */
import { splitWords } from '@fleetvisor/config';
import { isServerReady } from '../check-server.ts';
import { type CtlCommand, refuse } from '../command.ts';
import { tailFollow } from '../follow-log.ts';
import { printLogEnd } from '../print-log-end.ts';
import type { CtlSession } from '../session.ts';
import { type HowMuch, parseMaintail } from '../tail-request.ts';

export const maintail: CtlCommand = {
  name: 'maintail',
  help: [
    ['maintail', "the last 1600 bytes of the daemon's log"],
    ['maintail -100', 'the last 100 bytes'],
    ['maintail -f', 'what it logs from now on; Ctrl-C ends'],
  ],
  run: async (session, argument) => {
    if (!(await isServerReady(session))) return;
    const parsed = parseMaintail(splitWords(argument));
    if (parsed.ok) await show(session, parsed.request);
    else if (parsed.withHelp) refuse(session, maintail, parsed.message);
    else session.fail(parsed.message);
    return undefined;
  },
};

async function show(session: CtlSession, howMuch: HowMuch): Promise<void> {
  if (howMuch.kind === 'follow') await tailFollow(session, '/mainlogtail');
  else await printLogEnd(session, 'supervisord', () => session.supervisor.readMainLog(howMuch.bytes));
}
