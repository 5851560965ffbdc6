/** Answers the link's ask for events: once there are any on the disk. One ask at a time; a newer one replaces it. */
import type { EngineMessage, SpooledEvent } from './port.ts';

export interface DurableEvents {
  /**
   * At least one event after this one, oldest first, all of them on the disk.
   * @throws the signal's reason when aborted.
   */
  eventsAfter(
    afterSeq: bigint,
    countMax: number,
    signal: AbortSignal,
  ): Promise<{ readonly epoch: string; readonly events: readonly SpooledEvent[] }>;
}

export class EventFeed implements Disposable {
  readonly #events: DurableEvents;
  readonly #send: (message: EngineMessage) => void;
  #ask: AbortController | undefined;

  constructor(events: DurableEvents, send: (message: EngineMessage) => void) {
    this.#events = events;
    this.#send = send;
  }

  wanted(afterSeq: bigint, countMax: number): void {
    this.pause();
    const ask = new AbortController();
    this.#ask = ask;
    this.#events.eventsAfter(afterSeq, countMax, ask.signal).then(
      (answer) => {
        if (!ask.signal.aborted) this.#send({ kind: 'events', afterSeq, ...answer });
      },
      // Only an abort ends it otherwise: the spool retries what the disk refuses.
      () => undefined,
    );
  }

  /** The session is gone, and its ask with it. */
  pause(): void {
    this.#ask?.abort();
    this.#ask = undefined;
  }

  [Symbol.dispose](): void {
    this.pause();
  }
}
