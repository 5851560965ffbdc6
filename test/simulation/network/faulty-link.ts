/** A session's stream over a faulty network, as both ends see it: the same port as the gRPC one, and the wire's own bytes. */
import { FleetError, type Link, sleep } from '@fleetvisor/primitives';
import { SessionRequest, SessionResponse } from '@fleetvisor/protocol/link';
import type { Life } from '../engine/life.ts';
import { Pipe, type PipeParts } from './pipe.ts';

export type Side = 'agent' | 'controller';
type Codec<T> = { encode(message: T): { finish(): Uint8Array }; decode(bytes: Uint8Array): T };

/** Sees every message as it is sent; may give another in its place, or none. */
export interface Wiretap {
  fromAgent(connection: FaultyConnection, message: SessionRequest): SessionRequest | undefined;
  fromController(connection: FaultyConnection, message: SessionResponse): SessionResponse | undefined;
}

export interface ConnectionParts {
  readonly number: number;
  readonly host: number;
  readonly toController: PipeParts;
  readonly toAgent: PipeParts;
  readonly tap: Wiretap;
}

/** Once both have said what they had to say, the controller gets this long to end its half: as in the gRPC link. */
const endWithinMs = 500;

export class FaultyConnection {
  readonly number: number;
  readonly host: number;
  readonly #up: Pipe;
  readonly #down: Pipe;
  readonly #tap: Wiretap;

  constructor({ number, host, toController, toAgent, tap }: ConnectionParts) {
    this.number = number;
    this.host = host;
    this.#up = new Pipe(toController);
    this.#down = new Pipe(toAgent);
    this.#tap = tap;
  }

  /** Messages on the way or unread, in the fuller direction. */
  get waiting(): number {
    return Math.max(this.#up.size, this.#down.size);
  }

  agentEnd(life: Life): Link<SessionRequest, SessionResponse> {
    const ended = Promise.withResolvers<void>();
    const incoming = read(this.#down, SessionResponse, () => ended.resolve());
    return {
      send: (message, signal) => {
        const sent = this.#tap.fromAgent(this, message);
        return sent === undefined ? Promise.resolve() : write(this.#up, SessionRequest, sent, signal);
      },
      incoming,
      [Symbol.asyncDispose]: async () => {
        this.#up.end();
        const over = new AbortController();
        const late = sleep(life.clock, endWithinMs, over.signal).catch(() => undefined); // it ended in time
        const rest = drain(this.#down);
        await Promise.race([ended.promise, rest, late]);
        over.abort();
        this.#down.failReceiver('the call was cancelled');
      },
    };
  }

  controllerEnd(): Link<SessionResponse, SessionRequest> {
    return {
      send: (message, signal) => {
        const sent = this.#tap.fromController(this, message);
        return sent === undefined ? Promise.resolve() : write(this.#down, SessionResponse, sent, signal);
      },
      incoming: read(this.#up, SessionRequest, () => {}),
      [Symbol.asyncDispose]: async () => {
        this.#down.end();
        this.#up.failReceiver('the link was closed');
      },
    };
  }

  /** A process is gone, or gives up: its own side knows at once, the other hears of it if anything still passes. */
  closedBy(side: Side, reason: string): void {
    const [out, back] = side === 'agent' ? [this.#up, this.#down] : [this.#down, this.#up];
    out.reset(reason);
    back.failReceiver(reason);
  }

  /** Nothing passes any more, in either direction, and nobody is told. */
  cut(): void {
    this.#up.cut();
    this.#down.cut();
  }

  /** What had to wait may pass. */
  healed(): void {
    this.#up.move();
    this.#down.move();
  }
}

function write<T>(pipe: Pipe, codec: Codec<T>, message: T, signal: AbortSignal | undefined): Promise<void> {
  return pipe.send(codec.encode(message).finish(), signal);
}

async function* read<T>(pipe: Pipe, codec: Codec<T>, ended: () => void): AsyncGenerator<T> {
  try {
    for (let bytes = await pipe.receive(); bytes !== undefined; bytes = await pipe.receive()) yield codec.decode(bytes);
  } finally {
    ended();
  }
}

/** Reads on to the end, whatever it is. */
async function drain(pipe: Pipe): Promise<void> {
  try {
    while ((await pipe.receive()) !== undefined);
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
  }
}
