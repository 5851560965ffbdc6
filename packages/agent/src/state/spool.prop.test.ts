import { seededRandom, VirtualClock } from '@fleetvisor/primitives';
import { EventBody } from '@fleetvisor/protocol/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AgentDb, openAgentDb } from './agent-db.ts';
import { crash, stateChange } from './fixtures/events.ts';
import { tempFolder } from './fixtures/temp-folder.ts';
import { Spool } from './spool.ts';
import { defaultSpoolLimits } from './spool-limits.ts';
import { dropLeastImportant, type SpoolRow } from './spool-row.ts';

type Step =
  | { readonly do: 'append'; readonly isCrash: boolean; readonly count: number }
  | { readonly do: 'send'; readonly count: number }
  | { readonly do: 'ack' }
  | { readonly do: 'loseAcked' }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('append'), isCrash: fc.boolean(), count: fc.integer({ min: 1, max: 12 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send'), count: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'ack' }) },
  { weight: 1, arbitrary: fc.constant({ do: 'loseAcked' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait'), hours: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' }) },
);

/** A controller that checks what it is sent: no gap without a tombstone, never two bodies for one number. */
class Checker {
  readonly bodies = new Map<bigint, string>();
  reached = 0n;

  receive(seq: bigint, body: Uint8Array, firstSeq: bigint): void {
    const text = Buffer.from(body).toString('base64');
    expect(this.bodies.get(seq) ?? text).toBe(text);
    this.bodies.set(seq, text);
    const { kind } = EventBody.decode(body);
    const [range] = kind?.$case === 'eventsDropped' ? kind.value.ranges : [{ first: seq, last: seq }];
    if (kind?.$case === 'eventsDropped') {
      // Whatever was merged with whatever: it still says of each what it was.
      expect(kind.value.kinds.reduce((sum, { count }) => sum + count, 0n)).toBe(kind.value.count);
      expect(
        kind.value.kinds.map((each) => each.kind).filter((name) => name !== 'crash' && name !== 'transition'),
      ).toEqual([]);
    }
    expect(range?.last).toBe(seq);
    const expected = this.reached + 1n > firstSeq ? this.reached + 1n : firstSeq;
    expect(range?.first).toBe(expected);
    this.reached = seq;
  }
}

async function playOut(folder: string, steps: readonly Step[]): Promise<void> {
  const clock = new VirtualClock();
  const random = seededRandom(7);
  const limits = { ...defaultSpoolLimits, bytesMax: 1500 };
  const open = (db: AgentDb) => new Spool(db, { clock, random, limits, onTrouble: (error) => expect(error).toBe(0) });
  let db = openAgentDb(folder);
  await using _closing = { [Symbol.asyncDispose]: () => db[Symbol.asyncDispose]() };
  let spool = open(db);
  const checker = new Checker();
  let made = 0n;
  for (const action of steps) {
    if (action.do === 'append') {
      for (let i = 0; i < action.count; i++)
        expect(spool.append(action.isCrash ? crash('c') : stateChange('s'))).toBe(++made);
      spool.flush();
    } else if (action.do === 'send' && checker.reached < made) {
      const { firstSeq } = spool.position;
      const { events } = await spool.eventsAfter(
        { afterSeq: checker.reached, countMax: action.count },
        AbortSignal.timeout(5000),
      );
      for (const { seq, body } of events) checker.receive(seq, body, firstSeq);
    } else if (action.do === 'ack') {
      expect(spool.acked(spool.position.epoch, checker.reached)).toBe('kept');
    } else if (action.do === 'loseAcked') {
      // A store restored from a backup stands at some event that it once got.
      const half = checker.reached / 2n;
      checker.reached = [...checker.bodies.keys()].findLast((seq) => seq <= half) ?? 0n;
      expect(spool.resumeFrom(checker.reached)).toBe('kept');
    } else if (action.do === 'wait') {
      clock.advance(action.hours * 3_600_000);
    } else if (action.do === 'restart') {
      await db[Symbol.asyncDispose]();
      db = openAgentDb(folder);
      spool = open(db);
    }
    expect(spool.position.nextSeq).toBe(made + 1n);
    expect(spool.bytes).toBe(
      Number(db.sql.prepare('SELECT coalesce(sum(length(body) + 40), 0) AS b FROM spool').get()?.b),
    );
  }
  while (checker.reached < made) {
    const { firstSeq } = spool.position;
    const { events } = await spool.eventsAfter({ afterSeq: checker.reached, countMax: 100 }, AbortSignal.timeout(5000));
    for (const { seq, body } of events) checker.receive(seq, body, firstSeq);
  }
}

describe('whatever happens to the spool', () => {
  it('every number arrives in order, as itself or named by a tombstone, and never with two bodies', async () => {
    const root = tempFolder();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), (steps) => playOut(`${root}/${runs++}`, steps)),
      { numRuns: 60 },
    );
  }, 60_000);

  it('dropping covers the same numbers as before, and drops no event while a less important one is kept', () => {
    const rowsOf = (importances: readonly number[]): SpoolRow[] =>
      importances.map((importance, i) => {
        const seq = BigInt(i + 1);
        return { seq, firstSeq: seq, atUs: 0n, importance, body: new Uint8Array(30) };
      });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }),
        fc.nat(5000),
        (importances, freeBytes) => {
          const rows = dropLeastImportant(
            dropLeastImportant(rowsOf(importances), freeBytes / 2, 1n),
            freeBytes / 2,
            2n,
          );
          let reached = 0n;
          for (const row of rows) {
            expect(row.firstSeq).toBe(reached + 1n);
            reached = row.seq;
          }
          expect(reached).toBe(BigInt(importances.length));
          const kept = new Set(rows.filter((row) => row.importance < 9).map((row) => row.seq));
          const dropped = importances.filter((_, i) => !kept.has(BigInt(i + 1)));
          const keptLeast = Math.min(...rows.filter((row) => row.importance < 9).map((row) => row.importance));
          expect(Math.max(...dropped, 0)).toBeLessThanOrEqual(Math.max(keptLeast, 0));
        },
      ),
    );
  });
});
