/** What Tab offers. Pure. */
import type { ProcessName } from '@fleetvisor/config';
import { commands } from './commands.ts';

const TAKE_GROUPS: readonly string[] = ['add', 'remove', 'update'];
const TAKE_PROCESSES: readonly string[] = [
  'clear',
  'fg',
  'pid',
  'restart',
  'signal',
  'start',
  'status',
  'stop',
  'tail',
];

/** @param processes asked for only where names of them are wanted */
export async function complete(
  line: string,
  processes: () => Promise<readonly ProcessName[]>,
): Promise<[candidates: string[], piece: string]> {
  const piece = /\S*$/.exec(line)?.[0] ?? '';
  const command = /^\s*(\S+)\s/.exec(line)?.[1];
  const candidates = await namesFor(command, piece, processes);
  return [candidates.filter((name) => name.startsWith(piece)).map((name) => `${name} `), piece];
}

async function namesFor(
  command: string | undefined,
  piece: string,
  processes: () => Promise<readonly ProcessName[]>,
): Promise<string[]> {
  if (command === undefined || command === 'help') return ['help', ...commands.keys()];
  if (TAKE_GROUPS.includes(command)) return [...new Set((await processes()).map(({ group }) => group))];
  if (TAKE_PROCESSES.includes(command)) return namespecs(await processes(), piece);
  return [];
}

/** Each process as it is named, and each group of several; once there is a colon, every one with its group. */
function namespecs(processes: readonly ProcessName[], piece: string): string[] {
  const isLong = piece.includes(':');
  const names = processes.flatMap(({ group, name }) =>
    isLong || name !== group ? [`${group}:${name}`, `${group}:*`] : [name],
  );
  return [...new Set(names)];
}
