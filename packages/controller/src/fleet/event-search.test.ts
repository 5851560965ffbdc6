import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededRandom, systemClock } from '@fleetvisor/primitives';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../store/sqlite/open-store.ts';
import type { Store } from '../store/store.ts';
import { checkPosition, type EventQuery, eventsBetween, newestEvents } from './event-search.ts';

const hostId = '01890000-0000-7000-8000-000000000001';
const everything: EventQuery = { hostIds: undefined, kinds: [], sinceUs: 0n, targets: [] };
const never = new AbortController().signal;

let folder: string;
let store: Store;

/** 2,500 events: every 500th of `web:api`, one of no process, the others of `cat`. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'event-search-'));
  store = await openSqliteStore({ folder, clock: systemClock, random: seededRandom(1), gatherMs: 0 });
  const source = { hostId, host: 'web1', epoch: '01890000-0000-7000-8000-00000000000e' };
  const events = Array.from({ length: 2500 }, (_, index) => {
    const seq = BigInt(index + 1);
    const [group, process] = index === 7 ? ['', ''] : index % 500 === 499 ? ['web', 'api'] : ['cat', 'cat'];
    return { seq, atUs: seq, kind: 'transition', group, process, body: new Uint8Array([index % 250]) };
  });
  await store.events.append(source, events, systemClock.wallTimeUs());
});

afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const newest = async (query: EventQuery, before: bigint, after: bigint, limit: number) =>
  (await newestEvents(store.events, query, { before, after }, limit, never)).map((event) => event.position);

async function between(query: EventQuery, after: bigint, upTo: bigint): Promise<bigint[]> {
  const positions: bigint[] = [];
  for await (const page of eventsBetween(store.events, query, { after, upTo }, never)) {
    positions.push(...page.map((event) => event.position));
  }
  return positions;
}

describe('the newest events', () => {
  it('come newest first', async () => {
    expect(await newest(everything, 0n, 0n, 3)).toEqual([2500n, 2499n, 2498n]);
  });

  it('are found however far back the target was last seen', async () => {
    expect(await newest({ ...everything, targets: ['web:*'] }, 0n, 0n, 10)).toEqual([2500n, 2000n, 1500n, 1000n, 500n]);
    expect(await newest({ ...everything, targets: ['web:api'] }, 0n, 0n, 2)).toEqual([2500n, 2000n]);
  });

  it('end at the position that is known already', async () => {
    expect(await newest({ ...everything, targets: ['web:*'] }, 2001n, 1000n, 10)).toEqual([2000n, 1500n]);
  });

  it('may be more than a page', async () => {
    expect(await newest(everything, 0n, 0n, 2200)).toHaveLength(2200);
  });

  it('of a target leave out those of no process', async () => {
    expect(await newest({ ...everything, targets: ['all'] }, 0n, 0n, 3000)).toHaveLength(2499);
  });
});

describe('the events between two positions', () => {
  it('come oldest first, without the first and with the last', async () => {
    expect(await between(everything, 2n, 5n)).toEqual([3n, 4n, 5n]);
  });

  it('come whole over many pages', async () => {
    expect(await between(everything, 0n, 2500n)).toEqual(Array.from({ length: 2500 }, (_, i) => BigInt(i + 1)));
  });

  it('are filtered by target', async () => {
    expect(await between({ ...everything, targets: ['web:*'] }, 600n, 2400n)).toEqual([1000n, 1500n, 2000n]);
  });

  it('stop being read when nobody wants them any more', async () => {
    const gone = AbortSignal.abort(new Error('gone'));
    const search = eventsBetween(store.events, everything, { after: 0n, upTo: 2500n }, gone);
    await expect(search.next()).rejects.toThrow('gone');
  });
});

describe('a position', () => {
  it('that was never given is of a history that is gone', () => {
    expect(() => checkPosition(5n, { newest: 5n, dropped: 0n })).not.toThrow();
    expect(() => checkPosition(6n, { newest: 5n, dropped: 0n })).toThrow(
      /no position 6, the newest is 5: the history was restored/,
    );
  });

  it('from before what was dropped for its age is told of the gap, and the beginning is always there', () => {
    const reach = { newest: 50n, dropped: 20n };
    expect(() => checkPosition(20n, reach)).not.toThrow();
    expect(() => checkPosition(0n, reach)).not.toThrow();
    expect(() => checkPosition(19n, reach)).toThrow(/no longer reaches back to position 19.*go on after 20/);
  });
});
