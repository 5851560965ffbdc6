/** The folder that holds all an agent remembers: made when missing, and proven to take writes before anything runs. */
import { chownSync, closeSync, constants, existsSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError, folderFailure, makeFolder } from '@fleetvisor/primitives';

/**
 * Makes the folder (mode 0700) and writes a byte into it.
 * @throws FleetError `unavailable` naming the folder, the reason and the way out.
 */
export function prepareDataFolder(folder: string): void {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    makeFolder(folder);
    const file = openSync(probe, constants.O_CREAT | constants.O_WRONLY | constants.O_TRUNC, 0o600);
    try {
      writeSync(file, 'x');
    } finally {
      closeSync(file);
      unlinkSync(probe);
    }
  } catch (cause) {
    throw cannotWrite(folder, cause);
  }
}

/**
 * Makes a folder that is missing and gives it to the user whom the agent is about to become: in /var/lib that user could
 * not. One that is there stays as it is.
 * @throws FleetError `unavailable` as `prepareDataFolder` does.
 */
export function makeDataFolderFor(folder: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  if (existsSync(folder)) return;
  try {
    makeFolder(folder);
    chownSync(folder, uid, gid);
  } catch (cause) {
    throw cannotWrite(folder, cause);
  }
}

function cannotWrite(folder: string, cause: unknown): FleetError {
  const { reason, code } = folderFailure(cause);
  return new FleetError(
    'unavailable',
    `cannot write the data folder ${folder}: ${reason} (${code}); ` +
      'make it writable for the user of the agent, or name another one with --data-dir DIR or data_dir= in [fleet]',
    { folder, code },
    { cause },
  );
}
