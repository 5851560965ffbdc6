import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';
import { FleetError, messageOf } from './errors.ts';
import { linkPair } from './in-memory-link.ts';
import { seededRandom } from './random.ts';
import { isUuid, uuidv7 } from './uuid.ts';

describe('backoffMs', () => {
  it('doubles its bound up to the cap, and waits anywhere below it', () => {
    const policy = { baseMs: 1000, capMs: 60_000 };
    expect([1, 2, 3, 7, 100].map((attempt) => backoffMs(policy, attempt, 0.999999))).toEqual([
      999, 1999, 3999, 59_999, 59_999,
    ]);
    expect(backoffMs(policy, 5, 0)).toBe(0);
  });
});

describe('uuidv7', () => {
  it('is a UUID of version 7 that sorts by its time', () => {
    const random = seededRandom(1);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 47n }), fc.bigInt({ min: 1n, max: 2n ** 40n }), (ms, more) => {
        const [early, late] = [uuidv7(ms * 1000n, random), uuidv7((ms + more) * 1000n, random)];
        expect(isUuid(early)).toBe(true);
        expect(early).toMatch(/^.{14}7.{4}[89ab]/);
        expect(early < late).toBe(true);
      }),
    );
  });
});

describe('seededRandom', () => {
  it('repeats itself by its seed, in [0, 1)', () => {
    const run = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 100 }, () => random.next());
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
    expect(run(7).every((value) => value >= 0 && value < 1)).toBe(true);
  });
});

describe('FleetError', () => {
  it('keeps what a caller decides by apart from what a person reads', () => {
    const error = new FleetError('conflict', 'the name is taken', { name: 'web1' }, { cause: new Error('row') });
    expect(error).toMatchObject({ code: 'conflict', facts: { name: 'web1' }, cause: { message: 'row' } });
    expect(messageOf(error)).toBe('the name is taken');
    expect(messageOf('text')).toBe('text');
  });
});

describe('a pair of links', () => {
  it('carries both ways, holds a fast sender, and ends as a whole', async () => {
    const [left, right] = linkPair<string, number>(1);
    await left.send('a');
    await right.send(1);
    const abort = new AbortController();
    const held = left.send('b', abort.signal);
    const incoming = right.incoming[Symbol.asyncIterator]();
    expect((await incoming.next()).value).toBe('a');
    await held;
    await left[Symbol.asyncDispose]();
    await expect(right.send(2)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
