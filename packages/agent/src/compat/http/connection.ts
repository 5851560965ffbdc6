/** One connection of a client: whether anything is under way on it, and how long a slow client may take. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { after, type Clock, type Timer } from '@fleetvisor/primitives';
import { withAsciiUrl } from './ascii-url.ts';

/** From the first byte of a request to its last. A local client needs milliseconds, one on a bad line a few seconds. */
const RECEIVE_MS_MAX = 60_000;

/** For the rest of an answer whose end has been written. An endless one, a log tail, is not meant. */
const SEND_MS_MAX = 120_000;

/**
 * Of a body whose answer is sent: a client that has not looked yet gets to reading it, where a connection that is cut at
 * once takes it away. Who goes on sending gigabytes does not mean to look.
 */
const UNWANTED_BYTES_MAX = 4 * 1024 ** 2;

/** Of one client that does not wait for answers. None of those we know does so; one read brings some four hundred calls at most. */
const OPEN_MAX = 500;

export class Connection {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #onIdle: () => void;
  /** Requests whose answer, or whose own end, is still to come; more than one when a client does not wait. */
  readonly #open = new Set<IncomingMessage>();
  #newest: IncomingMessage | undefined;
  #newestResponse: ServerResponse | undefined;
  #unwantedBytes = 0;
  #receiving: Timer | undefined;
  /** What came after the newest request is no HTTP. */
  #isLast = false;

  /** @param onIdle called when nothing is under way any more */
  constructor(socket: Socket, clock: Clock, onIdle: () => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#onIdle = onIdle;
    // The HTTP parser has the bytes before we look: so then it shows whether they made a whole request.
    feedParser(socket, (piece) => (this.#isBetweenRequests ? withAsciiUrl(piece) : piece));
    socket.on('data', (piece: Buffer) => {
      this.#watchUnwanted(piece.length);
      this.#watchReceipt();
    });
    socket.once('close', () => this.#receiving?.cancel());
  }

  /** Nothing is under way: it can be closed without anybody losing anything. */
  get isIdle(): boolean {
    return this.#open.size === 0;
  }

  /** A request has come: its head, its body is perhaps still to come. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    this.#open.add(request);
    this.#newest = request;
    this.#newestResponse = response;
    this.#unwantedBytes = 0;
    let waiting = 2;
    const end = () => {
      waiting -= 1;
      if (waiting > 0) return;
      this.#open.delete(request);
      if (!this.isIdle) return;
      this.#onIdle();
      if (this.#isLast) this.end();
    };
    request.once('close', end);
    response.once('close', end);
    response.once('prefinish', () => this.#watchSending(response));
    if (this.#open.size > OPEN_MAX) this.#socket.destroy();
  }

  /**
   * Nothing more can be read: closes when all that was asked before is answered.
   * @returns false when there is none that could still be
   */
  endWhenAnswered(): boolean {
    this.#isLast = !this.isIdle && this.#newest?.complete === true;
    return this.#isLast;
  }

  /** It can be handed to another life of the agent: nobody has read a byte of a request that is not answered. */
  get isUntouched(): boolean {
    return this.#isBetweenRequests && !this.#socket.destroyed && this.#socket.writableLength === 0;
  }

  /** Sends what has been written and closes; a client that does not read is given up with `destroy`. */
  end(): void {
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The next byte begins a request. */
  get #isBetweenRequests(): boolean {
    return this.isIdle && this.#receiving === undefined;
  }

  #watchUnwanted(bytes: number): void {
    const isUnwanted = this.#newest?.complete === false && this.#newestResponse?.writableEnded === true;
    if (!isUnwanted) return;
    this.#unwantedBytes += bytes;
    if (this.#unwantedBytes > UNWANTED_BYTES_MAX) this.#socket.destroy();
  }

  #watchReceipt(): void {
    const isWhole = this.#newest !== undefined && !this.isIdle && this.#newest.complete;
    if (isWhole) {
      this.#receiving?.cancel();
      this.#receiving = undefined;
    } else if (!this.#socket.destroyed) {
      this.#receiving ??= this.#destroyAfter(RECEIVE_MS_MAX);
    }
  }

  #watchSending(response: ServerResponse): void {
    if (this.#socket.writableLength === 0 || this.#socket.destroyed) return;
    const sending = this.#destroyAfter(SEND_MS_MAX);
    response.once('close', () => sending.cancel());
  }

  #destroyAfter(ms: number): Timer {
    return this.#clock.schedule(after(this.#clock.now(), ms), () => this.#socket.destroy());
  }
}

/** Puts a change to what arrives before Node's parser, which is all that listens to a new connection. */
function feedParser(socket: Socket, change: (piece: Buffer) => Buffer): void {
  const parsers = socket.listeners('data');
  socket.removeAllListeners('data');
  socket.on('data', (piece: Buffer) => {
    const changed = change(piece);
    for (const parse of parsers) Reflect.apply(parse, socket, [changed]);
  });
}
