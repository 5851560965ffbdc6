/** Whether the engine lives: asks it, and knows how long ago it last said anything. */
import { type Clock, type Instant, msBetween } from '@fleetvisor/primitives';
import type { EngineMessage, LinkMessage } from '../bridge/port.ts';
import { within } from './within.ts';

type Pong = EngineMessage & { kind: 'pong' };

/** An engine that needs longer is shown as late; the sign of life is not held back for it. */
const answerWithinMs = 1000;

export class EnginePulse {
  readonly #clock: Clock;
  readonly #toEngine: (message: LinkMessage) => void;
  #lastHeardAt: Instant;
  #id = 0;
  #answered = Promise.withResolvers<void>();
  #pong: Pong = { kind: 'pong', id: 0, nextSeq: 0n, spoolBytes: 0 };

  constructor(clock: Clock, toEngine: (message: LinkMessage) => void) {
    this.#clock = clock;
    this.#toEngine = toEngine;
    this.#lastHeardAt = clock.now();
  }

  /** The engine has said something. */
  heard(message: EngineMessage): void {
    this.#lastHeardAt = this.#clock.now();
    if (message.kind !== 'pong' || message.id !== this.#id) return;
    this.#pong = message;
    this.#answered.resolve();
  }

  /** How long ago the engine last said something, in milliseconds. */
  get ageMs(): number {
    return Math.round(msBetween(this.#lastHeardAt, this.#clock.now()));
  }

  /** What the engine last answered; nothing but zeros before it did. */
  get pong(): Pong {
    return this.#pong;
  }

  /** Asks the engine and waits for its answer, a second at most. @throws the signal's reason when aborted. */
  async ask(signal: AbortSignal): Promise<void> {
    this.#answered = Promise.withResolvers();
    this.#toEngine({ kind: 'ping', id: ++this.#id });
    const answered = this.#answered.promise;
    await within(this.#clock, answerWithinMs, answered, 'late', signal).catch(() => signal.throwIfAborted());
  }
}
