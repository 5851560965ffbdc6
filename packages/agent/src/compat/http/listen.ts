/** Makes a server listen. Knows addresses, not what is served. */

import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import type { Server } from 'node:net';
import { dirname } from 'node:path';

/** As Supervisor; the kernel cuts it to net.core.somaxconn. */
const BACKLOG = 1024;

/**
 * IPv4 alone, as Supervisor: where a name has both, Node would take either.
 * @param host empty: all addresses
 * @throws the system's error
 */
export async function listenInet(server: Server, host: string, port: number): Promise<void> {
  const { address } = host === '' ? { address: '0.0.0.0' } : await lookup(host, { family: 4 });
  await listening(server, () => server.listen({ host: address, port, backlog: BACKLOG }));
}

/**
 * At a path that does not exist, for our own user alone.
 * @throws the system's error
 */
export async function listenAtPath(server: Server, path: string): Promise<void> {
  // Asked before: Node says that a folder which is not there may not be entered (EACCES).
  statSync(dirname(path));
  await listening(server, () => {
    // The file comes to be inside of this call, so that nobody finds it open before its mode has been set.
    const umask = process.umask(0o177);
    try {
      server.listen({ path, backlog: BACKLOG });
    } finally {
      process.umask(umask);
    }
  });
}

/** On a socket that listens already. @throws the system's error */
export async function listenOn(server: Server, fd: number): Promise<void> {
  await listening(server, () => server.listen({ fd, backlog: BACKLOG }));
}

async function listening(server: Server, listen: () => void): Promise<void> {
  const heard = once(server, 'listening');
  listen();
  await heard;
}
