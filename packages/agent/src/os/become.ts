/** execve(2): this process becomes another program, with the same pid, the same children and what descriptors are kept. */
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { handOnSignals, takeUnheardSignals } from './held-signals.ts';

/**
 * Does not return. No `exit` handler runs and nothing is disposed of. Where the system refuses it the process is aborted: so
 * what can be known beforehand is found out beforehand. Signals that come meanwhile are handed on (`held-signals.ts`).
 * @param file absolute
 * @param heard signals that have been heard here, and not been acted on
 * @throws FleetError `unavailable` where the file cannot be executed; nothing has happened then
 */
export function becomeProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  heard: readonly NodeJS.Signals[] = [],
): never {
  refuseUnlessExecutable(file);
  if (process.execve === undefined) throw new FleetError('unavailable', 'this Node cannot replace its own process');
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  // Last of all: what comes after this ends the process, or is heard by the launcher.
  return process.execve(file, [file, ...args], { ...given, ...handOnSignals([...heard, ...takeUnheardSignals()]) });
}

/** @throws FleetError `invalid`, `unavailable` */
export function refuseUnlessExecutable(file: string): void {
  // Relative to which folder nobody could tell: whoever asks is in another one.
  if (!isAbsolute(file)) {
    throw new FleetError('invalid', `cannot run '${file}': name it by a path that begins with /`, { file });
  }
  try {
    // Folders have the same bit, for another purpose.
    if (!statSync(file).isFile()) throw new Error('it is no file');
    accessSync(file, constants.X_OK);
  } catch (cause) {
    throw new FleetError('unavailable', `cannot run ${file}: ${messageOf(cause)}`, { file }, { cause });
  }
}
