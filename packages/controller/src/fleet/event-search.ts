/** Finds events of certain processes in the central history. The store filters by host and kind, this by target. */
import { FleetError } from '@fleetvisor/primitives';
import type { EventFilter, EventStore, StoredEvent } from '../store/events.ts';
import { targetsMatcher } from './targets.ts';

export interface EventQuery extends EventFilter {
  /** Process names in Supervisor's forms and globs; empty for all, and for events of no process. */
  readonly targets: readonly string[];
}

/** How many are read from the store at once: bounds memory, and how long a cancelled search goes on. */
const pageEvents = 1000;

/** The newest `limit` before the position (0n: from the end), newest first; none at or before `after`. */
export async function newestEvents(
  store: EventStore,
  query: EventQuery,
  range: { readonly before: bigint; readonly after: bigint },
  limit: number,
  signal: AbortSignal,
): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = [];
  const isMeant = eventMatcher(query.targets);
  const pageLimit = query.targets.length === 0 ? Math.min(limit, pageEvents) : pageEvents;
  for (let before = range.before; found.length < limit; ) {
    signal.throwIfAborted();
    const page = await store.newest(before, query, pageLimit);
    found.push(...page.filter((event) => event.position > range.after && isMeant(event)));
    const oldest = page.at(-1);
    if (oldest === undefined || page.length < pageLimit || oldest.position <= range.after) break;
    before = oldest.position;
  }
  return found.slice(0, limit);
}

/** Those after one position, up to and with another, oldest first, in pages. */
export async function* eventsBetween(
  store: EventStore,
  query: EventQuery,
  range: { readonly after: bigint; readonly upTo: bigint },
  signal: AbortSignal,
): AsyncGenerator<readonly StoredEvent[]> {
  const isMeant = eventMatcher(query.targets);
  for (let after = range.after; after < range.upTo; ) {
    signal.throwIfAborted();
    const page = await store.after(after, query, pageEvents);
    const found = page.filter((event) => event.position <= range.upTo && isMeant(event));
    if (found.length > 0) yield found;
    after = page.length < pageEvents ? range.upTo : (page.at(-1)?.position ?? range.upTo);
  }
}

/** How far the history reaches. */
export interface Reach {
  readonly newest: bigint;
  /** The newest position that was dropped for its age. */
  readonly dropped: bigint;
}

export async function reachOf(store: EventStore): Promise<Reach> {
  const [newest, dropped] = await Promise.all([store.newestPosition(), store.droppedPosition()]);
  return { newest, dropped };
}

/**
 * Whoever holds a position that was never given has read from a history that is gone; whoever holds one from before what
 * was dropped has missed something, and has to be told rather than go on in silence. 0n means from the beginning.
 * @throws FleetError `stale`.
 */
export function checkPosition(position: bigint, { newest, dropped }: Reach): void {
  if (position > newest) {
    const why = 'the history was restored from a backup, so read it anew';
    throw new FleetError('stale', `there is no position ${position}, the newest is ${newest}: ${why}`, { newest });
  }
  if (position > 0n && position < dropped) {
    const why = `events up to ${dropped} are gone for their age; what came between is lost to you: go on after ${dropped}`;
    throw new FleetError('stale', `the history no longer reaches back to position ${position}: ${why}`, { dropped });
  }
}

/** Whether an event is of one of the targets. One of no process is meant only where no target is named. */
export function eventMatcher(targets: readonly string[]): (event: StoredEvent) => boolean {
  if (targets.length === 0) return () => true;
  const isTarget = targetsMatcher(targets);
  return ({ group, process }) => process !== '' && isTarget({ group, name: process });
}
