/** Answers the link's ask for events: at once when there are any on disk, else as soon as there are. */
import type { EngineMessage, SpooledEvent } from './port.ts';

export interface DurableEvents {
  readonly epoch: string;
  /** Events on disk after this one, oldest first. */
  after(seq: bigint, countMax: number): readonly SpooledEvent[];
}

export class EventFeed {
  readonly #events: DurableEvents;
  readonly #send: (message: EngineMessage) => void;
  #ask: { readonly afterSeq: bigint; readonly countMax: number } | undefined;

  constructor(events: DurableEvents, send: (message: EngineMessage) => void) {
    this.#events = events;
    this.#send = send;
  }

  /** A newer ask replaces the one before. */
  wanted(afterSeq: bigint, countMax: number): void {
    this.#ask = { afterSeq, countMax };
    this.durable();
  }

  /** The session is gone, and its ask with it. */
  pause(): void {
    this.#ask = undefined;
  }

  /** More events have reached the disk. */
  durable(): void {
    if (this.#ask === undefined) return;
    const events = this.#events.after(this.#ask.afterSeq, this.#ask.countMax);
    if (events.length === 0) return;
    this.#ask = undefined;
    this.#send({ kind: 'events', epoch: this.#events.epoch, events });
  }
}
