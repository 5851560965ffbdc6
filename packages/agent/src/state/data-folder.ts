/** The folder that holds all an agent remembers: made when missing, and proven to take writes before anything runs. */
import {
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FleetError } from '@fleetvisor/primitives';

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

/** Others may pass through the folders above it. Step by step: Node's `recursive` goes round for ever where the system answers ENOENT to a mkdir, as in /proc. */
function makeFolder(folder: string, mode = 0o700): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), 0o755);
  try {
    mkdirSync(folder, { mode });
  } catch (thrown) {
    // A second agent may be making the same one.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw thrown;
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is mounted read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  ENOENT: 'it cannot be made there',
  ELOOP: 'the path is a loop of symbolic links',
};

function cannotWrite(folder: string, cause: unknown): FleetError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const reason = reasons[code] ?? 'the system refused';
  return new FleetError(
    'unavailable',
    `cannot write the data folder ${folder}: ${reason} (${code}); ` +
      'make it writable for the user of the agent, or name another one with --data-dir DIR or data_dir= in [fleet]',
    { folder, code },
    { cause },
  );
}
