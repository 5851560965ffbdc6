/** Sockets to one server: one that is kept for the next request, and one for each log that is followed. Knows nothing of XML. */
import { connect, type Socket } from 'node:net';
import { closedError } from './call-error.ts';
import { type ResponseHead, type ResponsePart, ResponseReader } from './response-reader.ts';
import type { ServerAddress } from './server-url.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface HttpAnswer {
  readonly head: ResponseHead;
  readonly body: Buffer;
}

/** So that a server whose machine died is noticed: a stop may take long, and no timer of ours can tell the two apart. */
const KEEP_ALIVE_MS = 30_000;
/** A log tail of a size nobody reads; beyond it the server is not one. */
const BODY_BYTES_MAX = 512 * 1024 * 1024;

/** Opens a socket, which the signal destroys. @throws what `net` says */
export function openSocket(address: ServerAddress, signal?: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const place = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
  const socket = connect({ ...place, ...(signal && { signal }) });
  socket.once('error', reject);
  socket.once('connect', () => {
    socket.off('error', reject);
    if (address.kind === 'tcp') socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    resolve(socket);
  });
  return promise;
}

/** The head of a request, and the empty line after it. */
export function requestHead(
  line: string,
  address: ServerAddress,
  credentials: Credentials | undefined,
  more: readonly string[] = [],
): string {
  const lines = [`${line} HTTP/1.1`, `Host: ${hostHeader(address)}`, 'User-Agent: fleet-agent ctl', ...more];
  if (credentials !== undefined) {
    const { username, password } = credentials;
    lines.push(`Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function hostHeader(address: ServerAddress): string {
  if (address.kind === 'unix') return 'localhost';
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return address.port === 80 ? host : `${host}:${address.port}`;
}

/** Requests one after the other on one connection, which is opened when needed and again when the server closed it. */
export class Connection implements Disposable {
  readonly #address: ServerAddress;
  readonly #open = new Set<Socket>();
  #idle: Socket | undefined;

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  /** @throws CallError when the connection ends before the answer does, MalformedResponse, or what `net` says */
  async request(text: string): Promise<HttpAnswer> {
    const kept = this.#takeIdle();
    if (kept !== undefined) {
      const answer = await this.#exchange(kept, text, true);
      if (answer !== undefined) return answer;
    }
    const socket = await openSocket(this.#address);
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    // Between two requests nobody else listens; the socket destroys itself.
    socket.on('error', () => {});
    const answer = await this.#exchange(socket, text, false);
    if (answer === undefined) throw closedError();
    return answer;
  }

  [Symbol.dispose](): void {
    for (const socket of this.#open) socket.destroy();
  }

  #takeIdle(): Socket | undefined {
    const socket = this.#idle;
    this.#idle = undefined;
    return socket === undefined || socket.destroyed ? undefined : socket;
  }

  /**
   * @returns undefined when the socket ended before one byte of the answer: on one that was kept, the server has closed it
   *   meanwhile and has not seen the request
   */
  #exchange(socket: Socket, text: string, wasKept: boolean): Promise<HttpAnswer | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer | undefined>();
    const reader = new ResponseReader();
    const gathering = new Gathering();
    let hasBegun = false;
    const settle = () => socket.off('data', onData).off('end', onEnd).off('error', fail);
    const fail = (error: unknown) => {
      settle();
      socket.destroy();
      if (wasKept && !hasBegun) resolve(undefined);
      else reject(error);
    };
    const finish = (answer: HttpAnswer, isReusable: boolean) => {
      settle();
      if (isReusable) this.#keep(socket);
      else socket.destroy();
      resolve(answer);
    };
    const onData = (bytes: Buffer) => {
      hasBegun = true;
      try {
        for (const part of reader.read(bytes)) {
          const answer = gathering.take(part);
          if (answer !== undefined) finish(answer, isKeptOpen(answer.head));
        }
      } catch (error) {
        fail(error);
      }
    };
    const onEnd = () => {
      const answer = reader.closed() ? gathering.take({ kind: 'end' }) : undefined;
      if (answer !== undefined) finish(answer, false);
      else fail(closedError());
    };
    socket.on('data', onData).on('end', onEnd).on('error', fail);
    socket.write(text);
    return promise;
  }

  #keep(socket: Socket): void {
    if (this.#idle === undefined) this.#idle = socket;
    else socket.destroy();
  }
}

/** The parts of one answer, until it is whole. */
class Gathering {
  #head: ResponseHead | undefined;
  readonly #body: Buffer[] = [];
  #bytes = 0;

  take(part: ResponsePart): HttpAnswer | undefined {
    if (part.kind === 'head') this.#head = part.head;
    if (part.kind === 'body') {
      this.#bytes += part.bytes.length;
      if (this.#bytes > BODY_BYTES_MAX) throw new Error(`the answer is longer than ${BODY_BYTES_MAX} bytes`);
      this.#body.push(part.bytes);
    }
    if (part.kind !== 'end' || this.#head === undefined) return undefined;
    return { head: this.#head, body: Buffer.concat(this.#body) };
  }
}

function isKeptOpen(head: ResponseHead): boolean {
  return head.headers.get('connection')?.toLowerCase() !== 'close';
}
