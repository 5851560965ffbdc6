/** Answers the link's ask for events: once there are any on the disk. One ask at a time; a newer one replaces it. */
import type { EngineMessage, EventAsk, SpooledEvent } from './port.ts';

export interface DurableEvents {
  /**
   * At least one event after this one, oldest first, all of them on the disk.
   * @throws the signal's reason when aborted.
   */
  eventsAfter(
    ask: EventAsk,
    signal: AbortSignal,
  ): Promise<{ readonly epoch: string; readonly events: readonly SpooledEvent[] }>;
}

export class EventFeed implements Disposable {
  readonly #events: DurableEvents;
  readonly #send: (message: EngineMessage) => void;
  /** Ends the ask that is under way. */
  #over: AbortController | undefined;

  constructor(events: DurableEvents, send: (message: EngineMessage) => void) {
    this.#events = events;
    this.#send = send;
  }

  wanted(ask: EventAsk): void {
    this.pause();
    const over = new AbortController();
    this.#over = over;
    this.#events.eventsAfter(ask, over.signal).then(
      (answer) => {
        if (!over.signal.aborted) this.#send({ kind: 'events', afterSeq: ask.afterSeq, ...answer });
      },
      // Only an abort ends it otherwise: the spool retries what the disk refuses.
      () => undefined,
    );
  }

  /** The session is gone, and its ask with it. */
  pause(): void {
    this.#over?.abort();
    this.#over = undefined;
  }

  [Symbol.dispose](): void {
    this.pause();
  }
}
