/** A read-only copy of the fleet layer in files, for eyes and grep. agent.db is the truth: nothing ever reads these. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Offer } from '../bridge/port.ts';

const notice =
  '# A copy of what the controller has given this host. Changes here have no effect: push another revision.\n';

/** Nobody writes to a copy. */
const COPY_MODE = 0o400;

/**
 * Makes the folder hold a copy of each of these files and of no others. What else lies there stays: to a file of the fleet
 * the folder is its `%(here)s`, and so it has the sockets and logs of programs.
 */
export function mirrorFleetFiles(folder: string, files: Offer['files']): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const wanted = new Set(files.map((file) => basename(file.name)));
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!wanted.has(name) && isCopy(path)) rmSync(path, { force: true });
  }
  for (const file of files) {
    const path = join(folder, basename(file.name));
    rmSync(path, { force: true });
    writeFileSync(path, Buffer.concat([Buffer.from(notice), file.content]), { mode: COPY_MODE });
  }
}

/** Its mode tells it from a long log, which is not read for that. */
function isCopy(path: string): boolean {
  const found = lstatSync(path);
  return found.isFile() && (found.mode & 0o777) === COPY_MODE && readFileSync(path).includes(notice);
}
