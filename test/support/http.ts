/** Plain HTTP to an agent, as any client could speak it: what is sent is up to the test, what comes back is not interpreted. */
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { connect, createServer } from 'node:net';

/** Where an agent listens. */
export type Address = { readonly socketPath: string } | { readonly port: number };

export interface Ask {
  readonly path: string;
  /** Default: GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Resolves with the whole answer. */
export async function ask(address: Address, what: Ask): Promise<Answer> {
  const response = await begin(address, what);
  let body = '';
  for await (const piece of response.setEncoding('utf8')) body += piece;
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** An answer without an end. */
export interface Following extends Disposable {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What has come so far. */
  text(): string;
  /** Resolves when the agent ends it. */
  readonly ended: Promise<void>;
}

/** Resolves with the head of the answer; disposing hangs up. */
export async function follow(address: Address, what: Ask): Promise<Following> {
  const response = await begin(address, what);
  let text = '';
  const ended = new Promise<void>((resolve) => response.once('close', resolve));
  response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  response.on('error', () => {}); // the agent may go away first
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: () => text,
    ended,
    [Symbol.dispose]: () => void response.destroy(),
  };
}

function begin(address: Address, { path, method = 'GET', headers = {}, body }: Ask): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const options = { host: '127.0.0.1', ...address, path, method, agent: false, headers: { ...length, ...headers } };
    request(options, resolve).once('error', reject).end(body);
  });
}

/** Sends bytes that need not be HTTP; resolves with all that comes until the agent hangs up. */
export function exchange(address: Address, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      path: undefined,
      ...('port' in address ? address : { path: address.socketPath }),
    });
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    socket.once('error', reject).once('close', () => resolve(text));
    socket.write(bytes);
  });
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
