/** The central history as something to follow: what is stored, then what is added, without a gap. */
import type { EventFilter, StoredEvent } from '../store/events.ts';

/** The cases of EventBody that are crashes. */
export const crashKinds: readonly string[] = ['crash', 'crashRepeat'];

export interface EventFeed {
  /**
   * Everything after the position that passes the filter, oldest first, in pages of at least one; then waits for
   * more, until aborted (it then ends without an error). A slow reader is never buffered for: it reads on from the
   * store.
   */
  follow(after: bigint, filter: EventFilter, signal: AbortSignal): AsyncIterable<readonly StoredEvent[]>;
}
