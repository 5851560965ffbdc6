/**
 * Stores the events of one session in order, and acknowledges them once they are on disk. While the disk refuses them they
 * wait here, as many as the host may have on the way; it is not kept from saying other things meanwhile.
 */
import { BoundedQueue, FleetError } from '@fleetvisor/primitives';
import type { EventBatch, SessionResponse } from '@fleetvisor/protocol/link';
import type { EventSource } from '../store/events.ts';
import type { EventLimits } from './event-limits.ts';
import { eventFromWire } from './from-wire.ts';
import type { LinkHouse } from './link-house.ts';

export interface EventIntakeParts {
  readonly house: LinkHouse;
  readonly source: EventSource;
  /** As told in Welcome. */
  readonly limits: EventLimits;
  readonly send: (message: SessionResponse) => void;
}

export class EventIntake {
  readonly #parts: EventIntakeParts;
  readonly #waiting: BoundedQueue<EventBatch>;
  readonly #closing = new AbortController();
  /** Taken and not acknowledged. */
  #inFlight = 0;
  #settled: Promise<void> = Promise.resolve();

  constructor(parts: EventIntakeParts) {
    this.#parts = parts;
    this.#waiting = new BoundedQueue(parts.limits.inFlightMax); // a batch has at least one
  }

  /**
   * Takes a batch.
   * @throws FleetError `invalid` when it is of another epoch than Hello said: another numbering begins with a session,
   * and nobody may write under that of the controller's own events, which is its incarnation; and when it is more than
   * the host may have on the way
   */
  take(batch: EventBatch): void {
    const { source, limits } = this.#parts;
    if (batch.epoch !== source.epoch) {
      throw new FleetError('invalid', `events of epoch ${batch.epoch} came, Hello said ${source.epoch}`);
    }
    if (batch.events.length === 0) return;
    this.#inFlight += batch.events.length;
    if (this.#inFlight > limits.inFlightMax || !this.#waiting.offer(batch)) {
      const message = `${this.#inFlight} events are on the way, Welcome allowed ${limits.inFlightMax}`;
      throw new FleetError('invalid', message);
    }
  }

  /** No more is taken in; what the disk refuses is not waited for any more: the host sends it again. */
  close(): void {
    this.#waiting.close();
    this.#closing.abort(new FleetError('unavailable', 'the session is over'));
  }

  /**
   * Stores what is taken, until closed; call it once.
   * @throws what the store threw: the session must end, and the agent sends again what was not acknowledged
   */
  async run(): Promise<never> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#settled = promise;
    try {
      for await (const batch of this.#waiting) await this.#store(batch);
      throw new FleetError('unavailable', 'no more events are taken');
    } finally {
      this.#waiting.close();
      resolve();
    }
  }

  /** Resolves when nothing is under way in the store any more. */
  async settled(): Promise<void> {
    await this.#settled;
  }

  async #store(batch: EventBatch): Promise<void> {
    const { house, source, send } = this.#parts;
    const { store, watch, events, commands, clock, log } = house;
    const read = batch.events.map(eventFromWire);
    const fresh = read.map(({ event }) => event);
    const appended = await watch.written(this.#closing.signal, () => {
      return store.events.append(source, fresh, clock.wallTimeUs());
    });
    events.appended(appended.stored);
    for (const { done } of read) {
      if (done !== undefined) commands.carriedOut(source.hostId, done.commandId, done.result);
    }
    if (appended.conflicts.length > 0) {
      const { host, hostId, epoch } = source;
      const facts = { host, hostId, epoch, seqs: appended.conflicts.map(String) };
      log.error(facts, 'a host sent other events under numbers that are taken: its agent.db was copied or set back');
    }
    this.#inFlight -= batch.events.length;
    send({ body: { $case: 'eventAck', value: { epoch: batch.epoch, upToSeq: appended.ackedSeq } } });
  }
}
