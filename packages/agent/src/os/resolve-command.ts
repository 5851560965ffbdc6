/** From the `command` of a program to the file to execute and its words, before any child is made: Supervisor's get_execv_args. */
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { pythonRepr, splitCommand } from '@fleetvisor/config';
import type { LookUpFailure } from '../supervision/ports.ts';

export interface ResolvedCommand {
  readonly kind: 'resolved';
  /** Always with a slash, so that nobody searches PATH again. Relative ones count from the child's folder. */
  readonly file: string;
  /** The words as written; the first is argv[0]. */
  readonly words: readonly [string, ...string[]];
}

/**
 * Finds the file of a command. A first word without a slash is searched in PATH, where the first file that EXISTS
 * decides, unlike in a shell. A relative path is checked from the daemon's folder although it will be executed from
 * the child's: Supervisor does so, and a config may depend on the failure.
 * @param searchPath PATH of the program's environment, else the daemon's; undefined when neither has one.
 */
export function resolveCommand(command: string, searchPath: string | undefined): ResolvedCommand | LookUpFailure {
  const split = splitCommand(command);
  if (!split.ok) return notExecutable(`can't parse command ${pythonRepr(command)}: ${split.reason}`);
  const [program, ...rest] = split.words;
  if (program === undefined) return notExecutable('command is empty');
  const found = program.includes('/') ? find(program) : search(program, searchPath);
  if (found === undefined) return { kind: 'noFile', spawnError: `can't find command ${pythonRepr(program)}` };
  const problem = problemOf(found);
  if (problem !== undefined) return notExecutable(problem);
  return { kind: 'resolved', file: found.file, words: [program, ...rest] };
}

interface FoundFile {
  readonly file: string;
  readonly stats: Stats;
}

function search(program: string, searchPath: string | undefined): FoundFile | undefined {
  const folders = searchPath?.split(':') ?? ['/bin', '/usr/bin', '/usr/local/bin'];
  for (const folder of folders) {
    // An empty entry of PATH is the present folder.
    const found = find(`${folder === '' ? '.' : folder}${folder.endsWith('/') ? '' : '/'}${program}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function find(file: string): FoundFile | undefined {
  // Answers undefined for ENOENT and ENOTDIR without the cost of an exception.
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats === undefined ? undefined : { file, stats };
  } catch {
    return undefined; // what cannot be looked at counts as not there
  }
}

function problemOf({ file, stats }: FoundFile): string | undefined {
  if (stats.isDirectory()) return `command at ${pythonRepr(file)} is a directory`;
  if ((stats.mode & 0o111) === 0) return `command at ${pythonRepr(file)} is not executable`;
  try {
    accessSync(file, constants.X_OK);
    return undefined;
  } catch {
    return `no permission to run command ${pythonRepr(file)}`;
  }
}

function notExecutable(spawnError: string): LookUpFailure {
  return { kind: 'notExecutable', spawnError };
}
