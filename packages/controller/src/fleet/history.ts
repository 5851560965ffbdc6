/** The central history as something to follow: what is stored, then what is added, without a gap. */
import type { EventFilter, EventStore, StoredEvent } from '../store/events.ts';
import { Wake } from './wake.ts';

/** The cases of EventBody that are crashes. */
export const crashKinds: readonly string[] = ['crash', 'crashRepeat'];

/** How many events are read from the store at once, and all that is ever held for a follower. */
const pageEvents = 500;

interface Follower {
  readonly passes: (event: StoredEvent) => boolean;
  readonly wake: Wake;
}

export class EventFeed {
  readonly #store: EventStore;
  readonly #followers = new Set<Follower>();
  /** The highest position that `appended` has told of. */
  #newest = 0n;

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** Events that are stored now. To be told after the commit, by everyone who appends. */
  appended(events: readonly StoredEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    if (last.position > this.#newest) this.#newest = last.position;
    for (const { passes, wake } of this.#followers) {
      if (events.some(passes)) wake.ring();
    }
  }

  /**
   * Everything after the position that passes the filter, oldest first, in pages of at least one; then waits for
   * more, until aborted (it then ends without an error). The wake carries no data: a follower reads on from the store
   * at its own pace, so a slow one costs no memory and misses nothing.
   */
  async *follow(after: bigint, filter: EventFilter, signal: AbortSignal): AsyncGenerator<readonly StoredEvent[]> {
    using wake = new Wake(signal);
    const follower = { passes: matcherOf(filter), wake };
    this.#followers.add(follower);
    try {
      let position = after;
      while (!signal.aborted) {
        // Noted before reading: whatever is appended from here on rings again.
        const newest = this.#newest;
        const page = await this.#store.after(position, filter, pageEvents);
        if (page.length > 0) yield page;
        position = page.at(-1)?.position ?? position;
        if (page.length === pageEvents) continue;
        // All up to `newest` has been looked at, also what the filter leaves out: it need not be scanned again.
        if (newest > position) position = newest;
        await wake.rung();
      }
    } finally {
      this.#followers.delete(follower);
    }
  }
}

/** The store's own filter, for events in memory: compiled once, since every event of a large fleet goes through it. */
function matcherOf({ hostIds, kinds, sinceUs }: EventFilter): (event: StoredEvent) => boolean {
  const hosts = hostIds && new Set(hostIds);
  return (event) =>
    (hosts === undefined || hosts.has(event.hostId)) &&
    (kinds.length === 0 || kinds.includes(event.kind)) &&
    event.receivedAtUs >= sinceUs;
}
