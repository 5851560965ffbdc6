/**
 * Writes the controller's own events into the central history. One that concerns a host bears its host_id, so that
 * who looks at the host finds it; one of the whole fleet bears a host_id of all zeros. The epoch is the store's
 * incarnation, so that no number is ever given twice.
 */
import { BoundedQueue, type Clock, FleetError } from '@fleetvisor/primitives';
import type { FleetLog } from '../fleet/fleet-log.ts';
import type { EventFeed } from '../fleet/history.ts';
import type { OwnEvent, OwnEvents } from '../fleet/own-event.ts';
import type { StoreWatch } from '../fleet/store-watch.ts';
import type { EventSource, NewEvent } from '../store/events.ts';
import type { Store } from '../store/store.ts';
import { ownEventBody } from './to-wire.ts';

const fleetHostId = '00000000-0000-0000-0000-000000000000';
/** Twice what ten thousand hosts say when all come and go at once. */
const waitingMax = 40_000;
const batchMax = 1_000;

interface Noted {
  readonly event: OwnEvent;
  readonly atUs: bigint;
}

export interface OwnEventWriterParts {
  readonly store: Pick<Store, 'events' | 'incarnation'>;
  readonly watch: StoreWatch;
  readonly feed: EventFeed;
  readonly clock: Clock;
  readonly log: FleetLog;
}

export class OwnEventWriter implements OwnEvents, AsyncDisposable {
  readonly #parts: OwnEventWriterParts;
  readonly #waiting = new BoundedQueue<Noted>(waitingMax);
  readonly #nextSeq = new Map<string, bigint>();
  readonly #closing = new AbortController();
  readonly #writing: Promise<void>;

  constructor(parts: OwnEventWriterParts) {
    this.#parts = parts;
    this.#writing = this.#write();
  }

  record(event: OwnEvent): void {
    const isTaken = this.#waiting.offer({ event, atUs: this.#parts.clock.wallTimeUs() });
    if (!isTaken)
      this.#parts.log.error({ kind: event.kind, waitingMax }, 'an event of the controller itself was dropped');
  }

  /** Waits until all that was recorded is stored, or was refused. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting.close();
    this.#closing.abort(new FleetError('unavailable', 'the controller ended before the store took it'));
    await this.#writing;
  }

  async #write(): Promise<void> {
    for (;;) {
      const first = await this.#waiting.take();
      if (first.done) return;
      const batch = [first.value];
      while (batch.length < batchMax && this.#waiting.size > 0) {
        const next = await this.#waiting.take();
        if (!next.done) batch.push(next.value);
      }
      await Promise.all([...Map.groupBy(batch, ({ event }) => hostIdOf(event)).values()].map((of) => this.#append(of)));
    }
  }

  /** Appends events of one source. */
  async #append(noted: readonly Noted[]): Promise<void> {
    const { store, watch, feed, clock, log } = this.#parts;
    const [first] = noted;
    if (first === undefined) return;
    const hostId = hostIdOf(first.event);
    const source: EventSource = {
      hostId,
      host: 'host' in first.event ? first.event.host : '',
      epoch: store.incarnation,
    };
    try {
      let seq = this.#nextSeq.get(hostId) ?? (await store.events.ackedSeq(hostId, store.incarnation)) + 1n;
      const events = noted.map(({ event, atUs }): NewEvent => {
        return { seq: seq++, atUs, kind: event.kind, group: '', process: '', body: ownEventBody(event) };
      });
      const { stored } = await watch.written(this.#closing.signal, () => {
        return store.events.append(source, events, clock.wallTimeUs());
      });
      this.#nextSeq.set(hostId, seq);
      feed.appended(stored);
    } catch (error) {
      log.error({ err: error, hostId, events: noted.length }, 'cannot store events of the controller itself');
    }
  }
}

function hostIdOf(event: OwnEvent): string {
  return 'hostId' in event ? event.hostId : fleetHostId;
}
