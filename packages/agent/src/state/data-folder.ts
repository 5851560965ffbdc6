/** The folder that holds all an agent remembers: made when missing, and proven to take writes before anything runs. */
import { chownSync, closeSync, constants, existsSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError, folderFailure, makeFolder } from '@fleetvisor/primitives';

/** What SQLite needs at least, to begin with: the index of its log has half of it. */
const PROBE_BYTES = 64 * 1024;

/** Neither is for ever, and what is there can be read. */
const noRoomCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/**
 * Makes the folder (mode 0700) and writes something into it.
 * @returns why there is no room in it, in the same words
 * @throws FleetError `unavailable` naming the folder, the reason and the way out.
 */
export function prepareDataFolder(folder: string): FleetError | undefined {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    makeFolder(folder);
    const file = openSync(probe, constants.O_CREAT | constants.O_WRONLY | constants.O_TRUNC, 0o600);
    try {
      writeSync(file, new Uint8Array(PROBE_BYTES));
    } finally {
      closeSync(file);
      unlinkSync(probe);
    }
    return undefined;
  } catch (cause) {
    const failure = cannotWrite(folder, cause);
    if (noRoomCodes.includes(failure.facts.code)) return failure;
    throw failure;
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
  const wayOut = noRoomCodes.includes(code) ? 'free space on its disk' : 'make it writable for the user of the agent';
  return new FleetError(
    'unavailable',
    `cannot write the data folder ${folder}: ${reason} (${code}); ` +
      `${wayOut}, or name another one with --data-dir DIR or data_dir= in [fleet]`,
    { folder, code },
    { cause },
  );
}
