/** Whether a log can be followed at all. */
import { type Stats, statSync } from 'node:fs';

/**
 * The file of a log; undefined where it goes to no file, or there is none yet. Only a regular file has an end to read
 * back, and opening a FIFO for reading would wait for a writer and hold up everything else. Of /dev/null, where many
 * programs log to, there is always nothing, as in Supervisor.
 */
export function logOnDisk(path: string | undefined): Stats | undefined {
  if (path === undefined) return undefined;
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() === true || path === '/dev/null' ? stats : undefined;
  } catch {
    return undefined; // a folder on the way is none, or may not be entered: as if it were not there
  }
}
