/** Requests to the routes, whoever may come in. Where it listens is not known here. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '@fleetvisor/primitives';
import type { Daemon } from '../daemon.ts';
import { Connections } from './connections.ts';
import { type Credentials, doorkeeperFor } from './credentials.ts';
import type { Route } from './route.ts';
import { errorPage, sendError } from './send.ts';

export interface HttpOptions {
  readonly routes: readonly Route[];
  readonly clock: Clock;
  readonly log: Daemon['mainLog']['log'];
  /** Of one server. A client that waits for a slow start holds one; so many leave most of 1024 descriptors to the programs. */
  readonly connectionsMax?: number;
}

const CONNECTIONS_MAX = 256;

/** Supervisor's: whoever tells servers apart by it goes on doing so. */
const SERVER = 'Medusa/1.12';

/** Node looks for slow clients with a timer of its own, also when there is no client: it must not wake the daemon. */
const NEVER_MS = 2 ** 31 - 1;

/** The kernel asks after clients that are silent: one whose machine has gone does not hold a log tail for ever. */
const PROBE_AFTER_MS = 60_000;

/** Of the head of a request. Supervisor has no bound; this is beyond what proxies let through. */
const HEAD_BYTES_MAX = 64 * 1024;

const NODE_OPTIONS = {
  maxHeaderSize: HEAD_BYTES_MAX,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: PROBE_AFTER_MS,
  keepAliveTimeout: 0,
  headersTimeout: 0,
  requestTimeout: 0,
  connectionsCheckingInterval: NEVER_MS,
  // Scripts with netcat leave it out, and Supervisor does not mind.
  requireHostHeader: false,
} as const;

/** A server that is to listen somewhere, and its connections. */
export interface RoutedServer {
  readonly server: Server;
  readonly connections: Connections;
}

export function createRoutedServer(credentials: Credentials, options: HttpOptions): RoutedServer {
  const { routes, clock, log, connectionsMax = CONNECTIONS_MAX } = options;
  const connections = new Connections(clock, connectionsMax);
  const isLetIn = doorkeeperFor(credentials);
  const server = createServer(NODE_OPTIONS, (request, response) => {
    connections.begin(request, response);
    // Of a client that has been let go: the rest of what had come from it is of no interest.
    if (request.socket.destroyed) return;
    response.once('close', () => log('trace', accessLine(request, response)));
    response.setHeader('Server', SERVER);
    if (isLetIn !== undefined && !isLetIn(request.headers.authorization)) {
      sendError(response, 401, { 'WWW-Authenticate': 'Basic realm="default"' });
      return;
    }
    void answer(routes, log, request, response);
  });
  server.on('connection', (socket) => connections.add(socket));
  server.on('clientError', (_error, socket) => refuse(connections, socket));
  return { server, connections };
}

/** Never rejects. */
async function answer(
  routes: readonly Route[],
  log: HttpOptions['log'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = decodedPath(request.url ?? '');
  const route = routes.find(({ prefix }) => path.startsWith(prefix));
  if (route === undefined) {
    sendError(response, request.method === 'GET' || request.method === 'HEAD' ? 404 : 400);
    return;
  }
  try {
    await route.handle(request, response);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log('error', `Server Error: ${request.method} ${request.url}: ${what}`);
    // Half an answer must not look whole.
    if (response.headersSent) response.destroy();
    else sendError(response, 500);
  }
}

/** As Supervisor, which looks for the handler in the decoded address. */
function decodedPath(url: string): string {
  if (!url.includes('%')) return url;
  try {
    return decodeURIComponent(url);
  } catch {
    // Not UTF-8 or no hex: then it is no address of ours, whatever it means.
    return url;
  }
}

function accessLine(request: IncomingMessage, response: ServerResponse): string {
  const from = request.socket.remoteAddress ?? 'localhost';
  return `${from} - - "${request.method} ${request.url} HTTP/${request.httpVersion}" ${response.statusCode}`;
}

/** What came is no HTTP. */
function refuse(connections: Connections, socket: Duplex): void {
  if (socket instanceof Socket && connections.endWhenAnswered(socket)) return;
  // In the middle of an answer another one cannot begin.
  if (!(socket instanceof Socket) || !socket.writable || !connections.isIdle(socket)) {
    socket.destroy();
    return;
  }
  const page = errorPage(400);
  const head = ['HTTP/1.1 400 Bad Request', `Server: ${SERVER}`, 'Content-Type: text/html', 'Connection: close'];
  socket.write(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(page)}\r\n\r\n${page}`);
  socket.destroySoon();
}
