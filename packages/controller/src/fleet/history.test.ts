import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EventFilter, NewEvent } from '../store/events.ts';
import { type TemporaryStore, temporaryStore } from '../store/sqlite/test-support/temporary-store.ts';
import { EventFeed } from './history.ts';

const source = { hostId: '01890000-0000-7000-8000-000000000001', host: 'web1', epoch: 'e' };
const all: EventFilter = { hostIds: undefined, kinds: [], sinceUs: 0n };

let stored: TemporaryStore;
let feed: EventFeed;
let left: AbortController;

beforeEach(async () => {
  stored = await temporaryStore();
  feed = new EventFeed(stored.store.events);
  left = new AbortController();
});

afterEach(async () => {
  await stored[Symbol.asyncDispose]();
});

const event = (seq: number, kind = 'crash'): NewEvent => {
  return { seq: BigInt(seq), atUs: 0n, kind, group: 'web', process: 'api', body: new Uint8Array([seq % 256]) };
};

async function append(...events: NewEvent[]): Promise<void> {
  feed.appended((await stored.store.events.append(source, events, 1_700_000_000_000_000n)).stored);
}

it('gives what is stored and then what is added, each once and in order, while both happen at once', async () => {
  await append(...Array.from({ length: 700 }, (_, i) => event(i + 1)));
  const seen: number[] = [];
  const follow = (async () => {
    for await (const page of feed.follow(0n, all, left.signal)) {
      expect(page.length).toBeGreaterThan(0);
      seen.push(...page.map(({ seq }) => Number(seq)));
      if (seen.length === 1000) left.abort();
    }
  })();
  for (let seq = 701; seq <= 1000; seq += 10) await append(...Array.from({ length: 10 }, (_, i) => event(seq + i)));
  await follow;
  expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
});

it('passes over what the filter leaves out, and wakes for what it does not', async () => {
  const pages = feed.follow(0n, { ...all, kinds: ['crash'] }, left.signal);
  const first = pages.next();
  await append(event(1, 'transition'), event(2, 'transition'));
  await append(event(3));
  expect((await first).value).toMatchObject([{ seq: 3n }]);
  const next = pages.next();
  left.abort();
  expect((await next).done).toBe(true);
});

it('begins after the position it is given', async () => {
  await append(event(1), event(2));
  const pages = feed.follow(1n, all, left.signal);
  expect((await pages.next()).value).toMatchObject([{ seq: 2n }]);
  await pages.return(undefined);
});
