/** Whether a live server has one of the addresses of a config: for a daemon that has found out in another way that it is not alone. */
import { connect } from 'node:net';
import { after, type Clock, type FleetError } from '@fleetvisor/primitives';
import { inUse } from './open-failure.ts';

/** Where a server listens; an empty host means every address. */
type Place =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'inet'; readonly host: string; readonly port: number };

/** An address of this host takes a connection at once, or never. */
const CONNECT_MS_MAX = 1000;

/** @returns what opening the servers would have said; undefined when nobody listens */
export async function findServerInUse(servers: readonly Place[], clock: Clock): Promise<FleetError | undefined> {
  for (const server of servers) {
    if (await isListenedOn(server, clock)) {
      return inUse(server.kind === 'unix' ? server.path : `${server.host}:${server.port}`);
    }
  }
  return undefined;
}

function isListenedOn(server: Place, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const socket =
      server.kind === 'unix'
        ? connect(server.path)
        : connect({ host: server.host === '' ? '127.0.0.1' : server.host, port: server.port, family: 4 });
    const end = (isOpen: boolean) => {
      timer.cancel();
      socket.destroy();
      resolve(isOpen);
    };
    const timer = clock.schedule(after(clock.now(), CONNECT_MS_MAX), () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
