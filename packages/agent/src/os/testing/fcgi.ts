/** Sockets of FastCGI programs for tests, and how it looks to who connects to them. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FcgiSocketSpec } from '@fleetvisor/config';
import { errnoOf } from '../errno.ts';

type UnixSocketSpec = Extract<FcgiSocketSpec, { kind: 'unix' }>;

export function unixSocket(path: string, over: Partial<UnixSocketSpec> = {}): UnixSocketSpec {
  return { kind: 'unix', url: `unix://${path}`, path, mode: 0o700, owner: undefined, backlog: undefined, ...over };
}

/** Listens at a port of 127.0.0.1 that nobody has just now, until it is disposed. */
export async function takePort(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** A port of 127.0.0.1 that nobody has just now. */
export async function freePort(): Promise<number> {
  await using taken = await takePort();
  return taken.port;
}

/**
 * @param place a path, or a port of 127.0.0.1
 * @param until we are connected, or have read the answer to its end
 * @returns `connected`, the answer, or the errno
 */
export async function ask(place: string | number, until: 'connect' | 'answer'): Promise<string> {
  const socket = typeof place === 'string' ? connect(place) : connect(place, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return until === 'connect' ? 'connected' : await text(socket);
  } catch (thrown) {
    return errnoOf(thrown);
  } finally {
    socket.destroy();
  }
}
