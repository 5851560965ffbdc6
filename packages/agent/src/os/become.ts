/** execve(2): this process becomes another program, with the same pid, the same children and what descriptors are kept. */
import { accessSync, constants } from 'node:fs';
import { FleetError, messageOf } from '@fleetvisor/primitives';

/**
 * Does not return. No `exit` handler runs and nothing is disposed of. Where the system refuses it the process is aborted: so
 * what can be known beforehand is found out beforehand.
 * @param file absolute
 * @throws FleetError `unavailable` where the file cannot be executed; nothing has happened then
 */
export function becomeProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): never {
  refuseUnlessExecutable(file);
  if (process.execve === undefined) throw new FleetError('unavailable', 'this Node cannot replace its own process');
  return process.execve(file, [file, ...args], { ...env });
}

/** @throws FleetError `unavailable` */
export function refuseUnlessExecutable(file: string): void {
  try {
    accessSync(file, constants.X_OK);
  } catch (cause) {
    throw new FleetError('unavailable', `cannot run ${file}: ${messageOf(cause)}`, { file }, { cause });
  }
}
