/** Opens the HTTP servers of the daemon: all serve the same routes, each at its own address and with its own credentials. */
import type { Server } from 'node:http';
import { Server as NetServer, Socket } from 'node:net';
import type { HttpServerSpec } from '@fleetvisor/config';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import type { Users } from '../../os/users.ts';
import type { Credentials } from './credentials.ts';
import { addressKey, descriptorOf, type HandedServer, type HandedServers } from './handed-servers.ts';
import { createRoutedServer, type HttpOptions } from './http-server.ts';
import { listenInet, listenOn } from './listen.ts';
import { openFailure } from './open-failure.ts';
import { claimOf, listenUnix, type SocketClaim } from './socket-file.ts';

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
  /** Sockets of an earlier life of the agent in this process: a server at such an address goes on with it. */
  readonly handed?: HandedServers | undefined;
}

export interface OpenServer extends AsyncDisposable {
  /** Of an inet server, also where the system chose it. */
  readonly port: number | undefined;
  /** For another life of the agent in this process. Nothing changes here. */
  handOver(): readonly [address: string, server: HandedServer];
  /** Resolves when no answer is under way. */
  quiet(): Promise<void>;
}

/** Several of them. */
export interface OpenServers extends AsyncDisposable {
  handOver(): HandedServers;
  quiet(): Promise<void>;
}

/**
 * Opens one server. Closing it ends every connection, also endless answers, and removes the socket file if it is still ours.
 * @throws FleetError in Supervisor's words: the daemon ends with 2
 */
export async function openServer(address: ServerAddress, options: OpenOptions): Promise<OpenServer> {
  const { server, connections } = createRoutedServer(address, options);
  let claim: SocketClaim | undefined;
  try {
    claim = await listen(server, address, options);
  } catch (error) {
    server.close();
    throw openFailure(error, address.kind === 'inet' ? `${address.host}:${address.port}` : address.path);
  }
  tellRefusals(server, options.log);
  for (const fd of options.handed?.[addressKey(address)]?.connections ?? []) {
    server.emit('connection', new Socket({ fd, allowHalfOpen: true }));
  }
  const bound = server.address();
  return {
    port: typeof bound === 'object' ? bound?.port : undefined,
    handOver: () => [
      addressKey(address),
      { fd: descriptorOf(server), file: claim?.file, connections: connections.untouched().map(descriptorOf) },
    ],
    quiet: () => connections.quiet(),
    async [Symbol.asyncDispose]() {
      // First of all, so that the next daemon may have the path at once.
      claim?.release();
      // Not HTTP's own `close`, yet: it cuts off answers that are written but not sent.
      NetServer.prototype.close.call(server);
      await connections.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** @returns what is ours of the file system */
async function listen(server: Server, address: ServerAddress, options: OpenOptions): Promise<SocketClaim | undefined> {
  const handed = options.handed?.[addressKey(address)];
  if (handed !== undefined) {
    await listenOn(server, handed.fd);
    return address.kind === 'unix' && handed.file !== undefined ? claimOf(address.path, handed.file) : undefined;
  }
  if (address.kind === 'unix') {
    return listenUnix(server, socketFile(address, options.users), options.clock, options.warn);
  }
  await listenInet(server, address.host, address.port);
  return undefined;
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
): Promise<OpenServers> {
  await using opened = new AsyncDisposableStack();
  const servers: OpenServer[] = [];
  for (const spec of specs) {
    try {
      servers.push(opened.use(await openServer(spec, options)));
    } catch (error) {
      if (onRefused === undefined || !(error instanceof FleetError)) throw error;
      onRefused(new FleetError(error.code, `${spec.section}: ${error.message}`, error.facts, { cause: error }));
      continue;
    }
    if (isHanded(spec, options)) continue; // it has been told
    for (const name of interfaces) options.log('info', `RPC interface '${name}' initialized`);
    if (spec.username === undefined || spec.username === '') {
      options.log('critical', `Server '${spec.section}' running without any HTTP authentication checking`);
    }
  }
  const owned = opened.move();
  return {
    handOver: () => Object.fromEntries(servers.map((server) => server.handOver())),
    quiet: async () => void (await Promise.all(servers.map((server) => server.quiet()))),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function isHanded(address: ServerAddress, { handed }: OpenOptions): boolean {
  return handed?.[addressKey(address)] !== undefined;
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
