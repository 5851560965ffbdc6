import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayUs, event, everything, noonUs } from '../contract/samples.ts';
import type { EventFilter, NewEvent, StoredEvent } from '../events.ts';
import { type TemporaryStore, temporaryStore } from './test-support/temporary-store.ts';

let tested: TemporaryStore;
let run = 0;

beforeAll(async () => {
  tested = await temporaryStore();
});
afterAll(() => tested[Symbol.asyncDispose]());

const kinds = ['transition', 'crash', 'agentStarted'];
const truth = (seq: number): NewEvent => event(seq, { kind: kinds[seq % 3] ?? 'transition' });
const altered = (seq: number): NewEvent => ({ ...truth(seq), body: new Uint8Array([7, 7]) });

/** One append: some events of one source, on some day; a resend where it goes back, possibly with altered bodies. */
const appendArbitrary = fc.record({
  source: fc.nat(2),
  day: fc.nat(3),
  /** How far behind (or ahead of) what was sent so far it begins. */
  offset: fc.integer({ min: -8, max: 2 }),
  count: fc.nat(6),
  isAltered: fc.boolean(),
});

function expectListsAgree(all: readonly StoredEvent[], filter: EventFilter) {
  return all.filter(
    (one) =>
      (filter.hostIds === undefined || filter.hostIds.includes(one.hostId)) &&
      (filter.kinds.length === 0 || filter.kinds.includes(one.kind)),
  );
}

describe('however the appends come', () => {
  it('every event is stored exactly once, in commit order, and found by every way of asking', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(appendArbitrary, { maxLength: 25 }), fc.nat(30), async (appends, from) => {
        const { events } = tested.store;
        const base = await events.newestPosition();
        const sources = [0, 1, 2].map((n) => ({ hostId: `h${run}-${n % 2}`, host: `web${n}`, epoch: `e${n}` }));
        run++;
        const sent = new Map<string, number>();
        const accepted = new Map<string, NewEvent>();
        const conflicts: string[] = [];
        const outcomes = appends.map(({ source: n, day, offset, count, isAltered }) => {
          const source = sources[n] ?? sources[0];
          if (source === undefined) throw new Error('no source');
          const first = Math.max(1, (sent.get(source.epoch) ?? 0) + 1 + offset);
          const batch = Array.from({ length: count }, (_, i) => (isAltered ? altered : truth)(first + i));
          if (count > 0) sent.set(source.epoch, Math.max(sent.get(source.epoch) ?? 0, first + count - 1));
          for (const one of batch) {
            const key = `${source.epoch} ${one.seq}`;
            const known = accepted.get(key);
            if (known === undefined) accepted.set(key, one);
            else if (known.body.length !== one.body.length) conflicts.push(key);
          }
          const highest = sent.get(source.epoch) ?? 0;
          return { source, highest, outcome: events.append(source, batch, noonUs + BigInt(day) * dayUs) };
        });
        const reported: string[] = [];
        for (const { source, highest, outcome } of outcomes) {
          const { ackedSeq, conflicts: seqs } = await outcome;
          expect(ackedSeq).toBe(BigInt(highest));
          reported.push(...seqs.map((seq) => `${source.epoch} ${seq}`));
        }
        expect(reported).toEqual(conflicts);

        const all = await events.after(base, everything, 1_000);
        expect(all.map(({ position }) => position)).toEqual(all.map((_, i) => base + BigInt(i) + 1n));
        const found = new Map(all.map((one) => [`${one.epoch} ${one.seq}`, new Uint8Array(one.body)]));
        expect(found).toEqual(new Map([...accepted].map(([key, one]) => [key, new Uint8Array(one.body)])));
        expect(all).toHaveLength(accepted.size);

        const hostChoices = [undefined, [sources[0]?.hostId ?? ''], sources.map(({ hostId }) => hostId)];
        const position = base + BigInt(from);
        for (const hostIds of hostChoices) {
          for (const wanted of [[], ['crash'], ['crash', 'agentStarted'], ['transition', 'crash']]) {
            const filter = { hostIds, kinds: wanted, sinceUs: 0n };
            const expected = expectListsAgree(all, filter);
            expect(await events.after(position, filter, 7)).toEqual(
              expected.filter((one) => one.position > position).slice(0, 7),
            );
            const older = (await events.newest(position + 1n, filter, 7)).filter((one) => one.position > base);
            expect(older).toEqual(
              expected
                .filter((one) => one.position <= position)
                .toReversed()
                .slice(0, 7),
            );
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
