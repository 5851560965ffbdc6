/** Writes down every half minute which hosts were heard of, all in one transaction: last-seen lives in memory between. */
import { type Clock, sleep } from '@fleetvisor/primitives';
import type { HostStore } from '../store/hosts.ts';
import type { FleetLog } from './fleet-log.ts';
import type { LiveFleet } from './live.ts';
import { everyHost } from './scope.ts';

const periodMs = 30_000;
/** What elapsed while a view was made must not count as having been heard of. */
const slackUs = 1_000_000n;

export class LastSeenWriter implements AsyncDisposable {
  readonly #store: HostStore;
  readonly #live: LiveFleet;
  readonly #clock: Clock;
  readonly #log: FleetLog;
  readonly #written = new Map<string, bigint>();
  readonly #closing = new AbortController();
  readonly #writing: Promise<void>;

  constructor(store: HostStore, live: LiveFleet, clock: Clock, log: FleetLog) {
    this.#store = store;
    this.#live = live;
    this.#clock = clock;
    this.#log = log;
    this.#writing = this.#keepWriting(this.#closing.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#writing;
    await this.#write();
  }

  async #keepWriting(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#clock, periodMs, signal).catch(() => {}); // only the signal ends it early
      if (!signal.aborted) await this.#write();
    }
  }

  async #write(): Promise<void> {
    const seen = this.#live
      .hosts(everyHost)
      .filter(({ hostId, lastSeenUs }) => lastSeenUs > (this.#written.get(hostId) ?? 0n) + slackUs)
      .map(({ hostId, lastSeenUs }) => ({ hostId, lastSeenUs }));
    if (seen.length === 0) return;
    try {
      await this.#store.touch(seen);
      for (const { hostId, lastSeenUs } of seen) this.#written.set(hostId, lastSeenUs);
    } catch (error) {
      this.#log.error({ err: error, hosts: seen.length }, 'cannot write down when hosts were last seen');
    }
  }
}
