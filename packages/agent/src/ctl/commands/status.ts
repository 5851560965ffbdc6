/** `status`: one line for each process. */
import { formatNamespec, splitNamespec, splitWords } from '@fleetvisor/config';
import { isServerReady } from '../check-server.ts';
import type { ProcessInfo } from '../client/supervisor-client.ts';
import { padded } from '../columns.ts';
import type { CtlCommand } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import type { CtlSession } from '../session.ts';

export const status: CtlCommand = {
  name: 'status',
  help: [
    ['status', 'the state of every process'],
    ['status <name> [...]', 'the state of these processes'],
    ['status <group>:*', 'the state of all processes of a group'],
    ['', 'exit code 3 when one of them is stopped, 4 for an unknown name or no server'],
  ],
  run: showStatus,
};

export async function showStatus(session: CtlSession, argument: string): Promise<undefined> {
  if (!(await isServerReady(session))) {
    session.exitCode = exitCodes.statusUnknown;
    return;
  }
  const everything = await session.supervisor.allProcesses();
  const names = splitWords(argument);
  const shown =
    names.length === 0 || names.includes('all')
      ? everything
      : names.flatMap((namespec) => findNamed(session, namespec, everything));
  for (const line of statusLines(shown)) session.print(line);
  if (shown.some(isStopped)) session.exitCode = exitCodes.statusNotRunning;
}

/** Says so when there is none. */
function findNamed(session: CtlSession, namespec: string, everything: readonly ProcessInfo[]): ProcessInfo[] {
  const { group, name } = splitNamespec(namespec);
  const found = everything.filter((info) => info.group === group && (name === undefined || info.name === name));
  if (found.length === 0) {
    const line = name === undefined ? `${group}: ERROR (no such group)` : `${namespec}: ERROR (no such process)`;
    session.fail(line, exitCodes.statusUnknown);
  }
  return found;
}

const NAME_WIDTH_MIN = 30;

/** The table, as wide as its longest name. */
export function statusLines(processes: readonly ProcessInfo[]): string[] {
  const names = processes.map(formatNamespec);
  const width = Math.max(NAME_WIDTH_MIN, ...names.map((name) => [...name].length)) + 3;
  return processes.map((info, at) => padded(names[at] ?? '', width) + padded(info.statename, 10) + info.description);
}

/** STOPPED, EXITED, FATAL and UNKNOWN: the states from which a process can be started. */
const STOPPED_STATES: readonly number[] = [0, 100, 200, 1000];

function isStopped({ state }: ProcessInfo): boolean {
  return STOPPED_STATES.includes(state);
}
