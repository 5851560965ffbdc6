/** Tells other programs on this machine that the controller listens, and where: `controller.json` in the data folder. */
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FleetError, folderFailure } from '@fleetvisor/primitives';
import { formatListenAddress, type ListenAddress } from './listen-address.ts';

export interface Announced {
  readonly pid: number;
  readonly version: string;
  readonly api: ListenAddress;
  readonly link: ListenAddress;
  readonly http: ListenAddress;
}

/**
 * Writes `{ "pid", "version", "api", "link", "http" }`, each address as HOST:PORT with its real port. It is there, whole,
 * only while the controller serves; disposing removes it.
 * @throws FleetError `unavailable` naming the file and what to do
 */
export async function announce(dataDir: string, announced: Announced): Promise<AsyncDisposable> {
  const file = path.join(dataDir, 'controller.json');
  const fresh = `${file}.new`;
  const { pid, version, api, link, http } = announced;
  const addresses = {
    api: formatListenAddress(api),
    link: formatListenAddress(link),
    http: formatListenAddress(http),
  };
  try {
    await writeFile(fresh, `${JSON.stringify({ pid, version, ...addresses }, null, 2)}\n`);
    await rename(fresh, file);
  } catch (cause) {
    const { reason, code } = folderFailure(cause);
    const message = `cannot write ${file}: ${reason} (${code}); free space there, or make the folder writable for this user`;
    throw new FleetError('unavailable', message, { path: file, code }, { cause });
  }
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}
