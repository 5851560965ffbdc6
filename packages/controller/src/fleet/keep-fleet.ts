/**
 * Writes down every half minute what of the fleet lives in memory alone: which hosts were heard of, and the processes of
 * those that have changed. The next life of the controller shows them, as old as they are, until the hosts return.
 */
import { type Clock, sleep } from '@fleetvisor/primitives';
import type { HostStore, HostTable } from '../store/hosts.ts';
import type { FleetLog } from './fleet-log.ts';
import type { LiveFleet } from './live.ts';
import { everyHost } from './scope.ts';
import { isDisk, type StoreWatch } from './store-watch.ts';

const periodMs = 30_000;
/** What elapsed while a view was made must not count as having been heard of. */
const slackUs = 1_000_000n;
/** Tables written in one go, and in one round: of a large fleet in turmoil some are then older, and shown as that. */
const tablesAtOnce = 100;
const tablesPerRound = 1_000;

type Held = Pick<HostTable, 'life' | 'version'>;

export interface FleetKeeperParts {
  readonly store: HostStore;
  readonly watch: StoreWatch;
  readonly live: LiveFleet;
  readonly clock: Clock;
  readonly log: FleetLog;
}

export class FleetKeeper implements AsyncDisposable {
  readonly #parts: FleetKeeperParts;
  readonly #seen = new Map<string, bigint>();
  readonly #kept = new Map<string, Held>();
  readonly #closing = new AbortController();
  readonly #writing: Promise<void>;
  readonly #unsubscribe: () => void;

  constructor(parts: FleetKeeperParts) {
    this.#parts = parts;
    this.#writing = this.#keepWriting(this.#closing.signal);
    this.#unsubscribe = parts.live.subscribe(({ kind, hostId }) => {
      if (kind !== 'forgotten') return;
      this.#seen.delete(hostId);
      this.#kept.delete(hostId);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#writing;
    await this.#write(Number.POSITIVE_INFINITY);
    this.#unsubscribe();
  }

  async #keepWriting(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#parts.clock, periodMs, signal).catch(() => {}); // only the signal ends it early
      if (!signal.aborted) await this.#write(tablesPerRound);
    }
  }

  async #write(tablesMax: number): Promise<void> {
    const { watch, log } = this.#parts;
    try {
      await watch.once(() => this.#keepTables(tablesMax));
      await watch.once(() => this.#touch());
    } catch (error) {
      // A disk that refuses is told by the watch; what is kept here is then older, and shown as that.
      if (!isDisk(error)) log.error({ err: error }, 'cannot write down when hosts were last seen, and how they were');
    }
  }

  async #keepTables(tablesMax: number): Promise<void> {
    const { live, store } = this.#parts;
    const changed = live.hosts(everyHost).flatMap(({ hostId }) => {
      const held = live.heldTable(hostId);
      return held === undefined || isSame(held, this.#kept.get(hostId)) ? [] : hostId;
    });
    for (let from = 0; from < Math.min(changed.length, tablesMax); from += tablesAtOnce) {
      const chunk = changed.slice(from, from + tablesAtOnce);
      const tables = chunk.flatMap((hostId) => live.keptTable(hostId) ?? []);
      await store.keepTables(tables);
      for (const { hostId, life, version } of tables) this.#kept.set(hostId, { life, version });
    }
  }

  async #touch(): Promise<void> {
    const { live, store } = this.#parts;
    const seen = live
      .hosts(everyHost)
      .filter(({ hostId, lastSeenUs }) => lastSeenUs > (this.#seen.get(hostId) ?? 0n) + slackUs)
      .map(({ hostId, lastSeenUs }) => ({ hostId, lastSeenUs, table: live.heldTable(hostId) }));
    if (seen.length === 0) return;
    await store.touch(seen);
    for (const { hostId, lastSeenUs } of seen) this.#seen.set(hostId, lastSeenUs);
  }
}

function isSame(a: Held, b: Held | undefined): boolean {
  return a.life === b?.life && a.version === b.version;
}
