/**
 * What waits to be sent on a session, and what goes first: control, then events, then a sign of life, then state, which
 * is merged while it waits, then the goodbye. One writer takes from it.
 */
import { abortable, FleetError } from '@fleetvisor/primitives';
import type { SessionRequest } from '@fleetvisor/protocol/link';
import type { StateSync } from './state-sync.ts';

/** Answers that wait: the controller keeps far fewer offers and commands under way. */
const controlMax = 4096;

export class Outbox {
  readonly #state: StateSync;
  readonly #control: SessionRequest[] = [];
  /** One batch at a time: the next is asked for when this one has been taken. */
  #events: SessionRequest | undefined;
  #beat: (() => SessionRequest) | undefined;
  #goodbye: SessionRequest | undefined;
  #filled = Promise.withResolvers<void>();
  /** Resolved while the writer waits for something to send. */
  #idle = Promise.withResolvers<void>();
  #isIdle = false;

  constructor(state: StateSync) {
    this.#state = state;
  }

  /** @throws FleetError `unavailable` when too many answers wait: the controller does not read them. */
  putControl(message: SessionRequest): void {
    if (this.#control.length >= controlMax) {
      throw new FleetError('unavailable', `the controller does not take the ${controlMax} answers that wait for it`);
    }
    this.#control.push(message);
    this.wake();
  }

  putEvents(message: SessionRequest): void {
    this.#events = message;
    this.wake();
  }

  /** @param make called when it is sent, so that it tells how things stand then. */
  putBeat(make: () => SessionRequest): void {
    this.#beat = make;
    this.wake();
  }

  /** Sent when nothing else is left. */
  putGoodbye(message: SessionRequest): void {
    this.#goodbye = message;
    this.wake();
  }

  /** Makes the writer look again: the state has something to say. */
  wake(): void {
    this.#filled.resolve();
    this.#filled = Promise.withResolvers();
  }

  /**
   * The next message to send, waiting for one; the one before it has left by then.
   * @throws the signal's reason when aborted.
   */
  async take(signal: AbortSignal): Promise<SessionRequest> {
    for (;;) {
      signal.throwIfAborted();
      const filled = this.#filled.promise;
      const message = this.#takeNow();
      if (message !== undefined) {
        this.#busy();
        return message;
      }
      this.#isIdle = true;
      this.#idle.resolve();
      await abortable(filled, signal);
    }
  }

  /** Resolves when all that was put has left. @throws the signal's reason when aborted. */
  async idle(signal: AbortSignal): Promise<void> {
    while (!this.#isIdle) await abortable(this.#idle.promise, signal);
  }

  #busy(): void {
    if (!this.#isIdle) return;
    this.#isIdle = false;
    this.#idle = Promise.withResolvers();
  }

  #takeNow(): SessionRequest | undefined {
    return this.#control.shift() ?? this.#takeEvents() ?? this.#takeBeat() ?? this.#state.next() ?? this.#goodbye;
  }

  #takeEvents(): SessionRequest | undefined {
    const events = this.#events;
    this.#events = undefined;
    return events;
  }

  #takeBeat(): SessionRequest | undefined {
    const make = this.#beat;
    this.#beat = undefined;
    return make?.();
  }
}
