/**
 * Which events to ask the engine for: what follows the last sent, as long as few enough of them, and few enough bytes, are
 * unacknowledged. Pure.
 */
import type { EventAsk, SpooledEvent } from '../bridge/port.ts';

/** More in one batch saves nothing and delays what is more urgent. */
const batchMax = 500;

export interface EventWindowOptions {
  /** Where the controller stands. */
  readonly ackedSeq: bigint;
  /** How many may be on the way without an acknowledgement. */
  readonly inFlightMax: number;
  /** And how many bytes; 0 for no bound. One that is larger goes alone. */
  readonly bytesInFlightMax: number;
}

interface Sent {
  readonly lastSeq: bigint;
  readonly bytes: number;
}

export class EventWindow {
  readonly #inFlightMax: number;
  readonly #bytesInFlightMax: number;
  #sentSeq: bigint;
  #ackedSeq: bigint;
  /** What was sent and is not acknowledged, oldest first. */
  #sent: Sent[] = [];
  /** `ready`: the answer is there and has not been sent yet. */
  #state: 'idle' | 'asked' | 'ready' = 'idle';

  constructor({ ackedSeq, inFlightMax, bytesInFlightMax }: EventWindowOptions) {
    this.#sentSeq = ackedSeq;
    this.#ackedSeq = ackedSeq;
    this.#inFlightMax = Math.max(1, inFlightMax);
    this.#bytesInFlightMax = bytesInFlightMax || Number.POSITIVE_INFINITY;
  }

  /** What to ask for now; undefined while an answer is under way or too much is unacknowledged. */
  ask(): EventAsk | undefined {
    const room = this.#inFlightMax - Number(this.#sentSeq - this.#ackedSeq);
    const roomBytes = this.#bytesInFlightMax - this.#sent.reduce((sum, { bytes }) => sum + bytes, 0);
    if (this.#state !== 'idle' || room <= 0 || roomBytes <= 0) return undefined;
    this.#state = 'asked';
    return { afterSeq: this.#sentSeq, countMax: Math.min(room, batchMax), bytesMax: roomBytes };
  }

  /** Whether these are what was asked for, and so to be sent; the answer to an ask of a session before is not. */
  answered(afterSeq: bigint, events: readonly SpooledEvent[]): boolean {
    const last = events.at(-1);
    if (this.#state !== 'asked' || afterSeq !== this.#sentSeq || last === undefined) return false;
    this.#state = 'ready';
    this.#sentSeq = last.seq;
    this.#sent.push({ lastSeq: last.seq, bytes: events.reduce((sum, { body }) => sum + body.length, 0) });
    return true;
  }

  /** The answer has been sent. */
  sent(): void {
    this.#state = 'idle';
  }

  get ackedSeq(): bigint {
    return this.#ackedSeq;
  }

  acked(upToSeq: bigint): void {
    if (upToSeq > this.#ackedSeq) this.#ackedSeq = upToSeq;
    this.#sent = this.#sent.filter(({ lastSeq }) => lastSeq > this.#ackedSeq);
  }
}
