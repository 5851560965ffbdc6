/** Makes a folder with those above it, in a way that always comes back, and says in words why it could not. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes the folder if it is missing; one that is there stays as it is. Others may pass through the folders above it.
 * Step by step: Node's `recursive` goes round for ever where the system answers ENOENT to a mkdir, as in /proc.
 * @throws the system's error
 */
export function makeFolder(folder: string, mode = 0o700): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), 0o755);
  try {
    mkdirSync(folder, { mode });
  } catch (thrown) {
    // Somebody else may be making the same one.
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

/** Why a folder could not be made or written, for people and as the system's code. */
export function folderFailure(cause: unknown): { readonly reason: string; readonly code: string } {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  return { reason: reasons[code] ?? 'the system refused', code };
}
