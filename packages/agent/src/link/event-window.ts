/** Which events to ask the engine for: what follows the last sent, as long as few enough are unacknowledged. Pure. */
import type { SpooledEvent } from '../bridge/port.ts';

/** More in one batch saves nothing and delays what is more urgent. */
const batchMax = 500;

export interface EventAsk {
  readonly afterSeq: bigint;
  readonly countMax: number;
}

export class EventWindow {
  readonly #inFlightMax: number;
  #sentSeq: bigint;
  #ackedSeq: bigint;
  /** `ready`: the answer is there and has not been sent yet. */
  #state: 'idle' | 'asked' | 'ready' = 'idle';

  /**
   * @param ackedSeq where the controller stands
   * @param inFlightMax how many may be on the way without an acknowledgement
   */
  constructor(ackedSeq: bigint, inFlightMax: number) {
    this.#sentSeq = ackedSeq;
    this.#ackedSeq = ackedSeq;
    this.#inFlightMax = Math.max(1, inFlightMax);
  }

  /** What to ask for now; undefined while an answer is under way or too many are unacknowledged. */
  ask(): EventAsk | undefined {
    const room = this.#inFlightMax - Number(this.#sentSeq - this.#ackedSeq);
    if (this.#state !== 'idle' || room <= 0) return undefined;
    this.#state = 'asked';
    return { afterSeq: this.#sentSeq, countMax: Math.min(room, batchMax) };
  }

  /** Whether these are what was asked for, and so to be sent; the answer to an ask of a session before is not. */
  answered(afterSeq: bigint, events: readonly SpooledEvent[]): boolean {
    const last = events.at(-1);
    if (this.#state !== 'asked' || afterSeq !== this.#sentSeq || last === undefined) return false;
    this.#state = 'ready';
    this.#sentSeq = last.seq;
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
  }
}
