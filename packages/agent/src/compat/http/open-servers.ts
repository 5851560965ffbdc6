/** Opens the HTTP servers of the daemon: all serve the same routes, each at its own address and with its own credentials. */
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { HttpServerSpec } from '@fleetvisor/config';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import type { Users } from '../../os/users.ts';
import type { Credentials } from './credentials.ts';
import { createRoutedServer, type HttpOptions } from './http-server.ts';
import { listenInet } from './listen.ts';
import { openFailure } from './open-failure.ts';
import { listenUnix, type Release } from './socket-file.ts';

/** Where a server listens and whom it lets in: as the config has it, or one of our own. */
export type ServerAddress = Credentials &
  (
    | { readonly kind: 'unix'; readonly path: string; readonly mode: number; readonly owner?: string | undefined }
    | { readonly kind: 'inet'; readonly host: string; readonly port: number }
  );

export interface OpenOptions extends HttpOptions {
  readonly users: Users;
  /** The daemon's stderr, where Supervisor tells of a stale socket: its log may not be open to the reader of a failed start. */
  readonly warn: (text: string) => void;
}

export interface OpenServer extends AsyncDisposable {
  /** Of an inet server, also where the system chose it. */
  readonly port: number | undefined;
}

/**
 * Opens one server. Closing it ends every connection, also endless answers, and removes the socket file if it is still ours.
 * @throws FleetError in Supervisor's words: the daemon ends with 2
 */
export async function openServer(address: ServerAddress, options: OpenOptions): Promise<OpenServer> {
  const { server, connections } = createRoutedServer(address, options);
  let release: Release = () => {};
  try {
    if (address.kind === 'inet') await listenInet(server, address.host, address.port);
    else release = await listenUnix(server, socketFile(address, options.users), options.clock, options.warn);
  } catch (error) {
    server.close();
    throw openFailure(error, address.kind === 'inet' ? `${address.host}:${address.port}` : address.path);
  }
  tellRefusals(server, options.log);
  const bound = server.address();
  return {
    port: typeof bound === 'object' ? bound?.port : undefined,
    async [Symbol.asyncDispose]() {
      // First of all, so that the next daemon may have the path at once.
      release();
      // Not HTTP's own `close`, yet: it cuts off answers that are written but not sent.
      NetServer.prototype.close.call(server);
      await connections.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * Opens all servers of the config, or none.
 * @param interfaces the RPC interfaces that they serve: Supervisor makes them for each server anew, and its log says so
 * @param onRefused is told of each that cannot be had, and the others are opened all the same
 * @throws FleetError as `openServer`, where there is nobody to be told
 */
export async function openServers(
  specs: readonly HttpServerSpec[],
  options: OpenOptions,
  interfaces: readonly string[],
  onRefused?: (error: FleetError) => void,
): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  for (const spec of specs) {
    try {
      opened.use(await openServer(spec, options));
    } catch (error) {
      if (onRefused === undefined || !(error instanceof FleetError)) throw error;
      onRefused(new FleetError(error.code, `${spec.section}: ${error.message}`, error.facts, { cause: error }));
      continue;
    }
    for (const name of interfaces) options.log('info', `RPC interface '${name}' initialized`);
    if (spec.username === undefined || spec.username === '') {
      options.log('critical', `Server '${spec.section}' running without any HTTP authentication checking`);
    }
  }
  return opened.move();
}

/** Without descriptors the system's error comes for every client that tries: the first of them is told. */
function tellRefusals(server: Server, log: HttpOptions['log']): void {
  let isTold = false;
  server.on('connection', () => {
    isTold = false;
  });
  server.on('error', (error) => {
    if (!isTold) log('error', `Cannot accept HTTP connections: ${messageOf(error)}`);
    isTold = true;
  });
}

function socketFile(address: ServerAddress & { readonly kind: 'unix' }, users: Users) {
  const { path, mode, owner } = address;
  return { path, mode, owner: owner === undefined ? undefined : findOwner(owner, users) };
}

/** `user` or `user:group`, names or numbers. The config has seen to it that they exist. */
function findOwner(owner: string, users: Users): { readonly uid: number; readonly gid: number } {
  const colon = owner.indexOf(':');
  const uid = users.findUser(colon === -1 ? owner : owner.slice(0, colon))?.uid;
  const gid = colon === -1 ? -1 : users.findGroup(owner.slice(colon + 1));
  if (uid === undefined || gid === undefined)
    throw new FleetError('invalid', `Invalid sockchown value ${owner}`, { owner });
  return { uid, gid };
}
