/**
 * Where the programs' pipes lie: in memory where there is such a place. A FIFO on a disk costs a journalled inode (up to
 * a millisecond each, measured), and a full disk would keep programs from starting.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, lstatSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** statfs(2). */
const TMPFS_MAGIC = 0x01021994;

/** In order of preference; the second is for agents without the rights to the first. */
const MEMORY_FOLDERS = ['/run', '/dev/shm'];

/**
 * The same for the same data folder, so that an agent finds what the one before it left.
 * @param dataFolder of the agent; the pipes lie there when nothing better can be used
 */
export function choosePipeFolder(dataFolder: string): string {
  const mark = createHash('sha256').update(dataFolder).digest('hex').slice(0, 12);
  const name = `fleet-agent-pipes-${mark}`;
  const parent = MEMORY_FOLDERS.find((folder) => isWritableMemory(folder) && isFreeOrOurs(join(folder, name)));
  return parent === undefined ? join(dataFolder, 'pipes') : join(parent, name);
}

function isWritableMemory(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return statfsSync(folder).type === TMPFS_MAGIC;
  } catch {
    return false;
  }
}

/** /dev/shm is everybody's: a folder of this name that somebody else made is left alone. */
function isFreeOrOurs(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined || (stats.isDirectory() && stats.uid === process.getuid?.());
}
