/** What a life of the agent hands to the next one, in the same process, of its servers: sockets that go on listening. Plain data. */
import type { Server, Socket } from 'node:net';
import { FleetError } from '@fleetvisor/primitives';
import type { ServerAddress } from './open-servers.ts';

export interface HandedServer {
  readonly fd: number;
  /** Of a socket file: which file is ours, as `SocketClaim` tells it. */
  readonly file: string | undefined;
  /** Clients that are connected and have not begun to ask, as far as anybody has read. */
  readonly connections: readonly number[];
}

/** By address. */
export type HandedServers = Readonly<Record<string, HandedServer>>;

/** What a server is handed over as. */
export function addressKey(address: ServerAddress): string {
  return address.kind === 'unix' ? `unix:${address.path}` : `inet:${address.host}:${address.port}`;
}

/** Whether all that listens by these addresses was handed over; what was not the agent has been without. */
export function areHanded(addresses: readonly ServerAddress[], handed: HandedServers): boolean {
  return addresses.every((address) => handed[addressKey(address)] !== undefined);
}

/** Node has no public name for it. @throws FleetError `internal` of one that is closed */
export function descriptorOf(socket: Server | Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  if (typeof fd === 'number' && fd >= 0) return fd;
  throw new FleetError('internal', 'cannot find the descriptor of a socket: it is closed');
}
