/** Stores the events of one session in order, and acknowledges them once they are on disk. */
import { BoundedQueue, FleetError } from '@fleetvisor/primitives';
import type { EventBatch, SessionResponse } from '@fleetvisor/protocol/link';
import type { EventSource } from '../store/events.ts';
import { eventFromWire } from './from-wire.ts';
import type { LinkHouse } from './link-house.ts';

/** Told in Welcome: what an agent may have on the way without an acknowledgement. */
export const eventsInFlightMax = 2_000;
/** Batches that wait for the store; then the stream itself waits. */
const batchesWaitingMax = 64;

export class EventIntake {
  readonly #house: LinkHouse;
  readonly #source: EventSource;
  readonly #send: (message: SessionResponse) => void;
  readonly #waiting = new BoundedQueue<EventBatch>(batchesWaitingMax);
  #settled: Promise<void> = Promise.resolve();

  constructor(house: LinkHouse, source: EventSource, send: (message: SessionResponse) => void) {
    this.#house = house;
    this.#source = source;
    this.#send = send;
  }

  /**
   * Takes a batch, waiting while the store is behind.
   * @throws FleetError `invalid` when it is of another epoch than Hello said: another numbering begins with a session,
   * and nobody may write under that of the controller's own events, which is its incarnation
   */
  async take(batch: EventBatch): Promise<void> {
    if (batch.epoch !== this.#source.epoch) {
      throw new FleetError('invalid', `events of epoch ${batch.epoch} came, Hello said ${this.#source.epoch}`);
    }
    await this.#waiting.put(batch);
  }

  /** No more is taken in. */
  close(): void {
    this.#waiting.close();
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
    const { store, events, commands, clock, log } = this.#house;
    const source = this.#source;
    const read = batch.events.map(eventFromWire);
    const appended = await store.events.append(
      source,
      read.map(({ event }) => event),
      clock.wallTimeUs(),
    );
    events.appended(appended.stored);
    for (const { done } of read) {
      if (done !== undefined) commands.carriedOut(source.hostId, done.commandId, done.result);
    }
    if (appended.conflicts.length > 0) {
      const facts = {
        host: source.host,
        hostId: source.hostId,
        epoch: source.epoch,
        seqs: appended.conflicts.map(String),
      };
      log.error(facts, 'a host sent other events under numbers that are taken: its agent.db was copied or set back');
    }
    this.#send({ body: { $case: 'eventAck', value: { epoch: batch.epoch, upToSeq: appended.ackedSeq } } });
  }
}
