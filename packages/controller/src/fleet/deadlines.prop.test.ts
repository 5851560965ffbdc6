import { instant, VirtualClock } from '@fleetvisor/primitives';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Deadlines } from './deadlines.ts';

type Act = { key: number; inMs: number | undefined } | { advanceMs: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ key: fc.nat(5), inMs: fc.option(fc.nat(100), { nil: undefined }) }),
  fc.record({ advanceMs: fc.nat(60) }),
);

it('reaches every deadline that still stands, once, in order of time, with one timer', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const clock = new VirtualClock();
      const reached: [number, number][] = [];
      using deadlines = new Deadlines<number>(clock, (key) => reached.push([clock.now(), key]));
      const standing = new Map<number, number>();
      const expected: [number, number][] = [];
      for (const each of acts) {
        if ('advanceMs' in each) {
          const end = clock.now() + each.advanceMs * 1000;
          const due = [...standing].filter(([, at]) => at <= end);
          for (const [key] of due) standing.delete(key);
          expected.push(...due.map(([key, at]): [number, number] => [at, key]));
          clock.advance(each.advanceMs);
        } else if (each.inMs === undefined) {
          standing.delete(each.key);
          deadlines.set(each.key, undefined);
        } else {
          const at = clock.now() + each.inMs * 1000;
          standing.set(each.key, at);
          deadlines.set(each.key, instant(at));
        }
        expect(clock.armed).toBe(standing.size === 0 ? 0 : 1);
      }
      const inOrder = (list: [number, number][]) => list.toSorted(([a, k], [b, l]) => a - b || k - l);
      expect(reached.map(([at]) => at)).toEqual(reached.map(([at]) => at).toSorted((a, b) => a - b));
      expect(inOrder(reached)).toEqual(inOrder(expected));
    }),
    { numRuns: 300 },
  );
});

it('holds no more than twice what stands, however often a deadline moves', () => {
  const clock = new VirtualClock();
  let count = 0;
  using deadlines = new Deadlines<string>(clock, () => count++);
  for (let i = 1; i <= 10_000; i++) deadlines.set('host', instant(clock.now() + i * 1000));
  clock.advance(9_999);
  expect(count).toBe(0);
  clock.advance(1);
  expect(count).toBe(1);
});
