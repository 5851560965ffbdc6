/** A read-only copy of the fleet layer in files, for eyes and grep. agent.db is the truth: nothing ever reads these. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Offer } from '../bridge/port.ts';

const notice =
  '# A copy of what the controller has given this host. Changes here have no effect: push another revision.\n';

/** Makes the folder hold exactly these files. */
export function mirrorFleetFiles(folder: string, files: Offer['files']): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const wanted = new Set(files.map((file) => basename(file.name)));
  for (const name of readdirSync(folder)) if (!wanted.has(name)) rmSync(join(folder, name), { force: true });
  for (const file of files) {
    const path = join(folder, basename(file.name));
    rmSync(path, { force: true });
    writeFileSync(path, Buffer.concat([Buffer.from(notice), file.content]), { mode: 0o400 });
  }
}
