/** The interactive shell. It begins with `status`, and its exit code is always 0. */
import type { ProcessInfo } from './client/supervisor-client.ts';
import { complete } from './completion.ts';
import { readHistory, writeHistory } from './history.ts';
import { runLine } from './run-line.ts';
import type { CtlSession } from './session.ts';

/** Until `exit`, the end of the input, or Ctrl-C. What still runs then is left to the end of the process. */
export async function runShell(session: CtlSession): Promise<void> {
  const { lines, historyFile } = session;
  const interrupted = Promise.withResolvers<'interrupted'>();
  using _interrupt = session.interrupts.listen(() => interrupted.resolve('interrupted'));
  if (historyFile !== undefined) lines.history = readHistory(historyFile);
  const end = await Promise.race([readAndRun(session), interrupted.promise]);
  if (end === 'interrupted') session.print('');
  if (historyFile !== undefined && lines.isTerminal) writeHistory(historyFile, lines.history);
}

async function readAndRun(session: CtlSession): Promise<void> {
  const { lines, prompt } = session;
  for (let line: string | undefined = 'status'; ; line = await lines.next(`${prompt}> `)) {
    // The list of processes serves one line, however often Tab is pressed.
    lines.completer = completerOf(session);
    if ((await runLine(session, line ?? 'exit')) === 'leave') return;
  }
}

function completerOf(session: CtlSession) {
  let processes: Promise<readonly ProcessInfo[]> | undefined;
  return (line: string) => complete(line, () => (processes ??= session.supervisor.allProcesses()));
}
