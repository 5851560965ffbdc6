import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isClockOff, measuredSkew, unmeasuredSkew } from './clock-skew.ts';

const micros = (max: number) => fc.integer({ min: 0, max }).map(BigInt);

describe('the skew of a clock', () => {
  it('is known to half the round trip, however the two ways differ and however long the host held the stamp', () => {
    const ways = fc.record({
      skewUs: fc.integer({ min: -10_000_000_000, max: 10_000_000_000 }).map(BigInt),
      thereUs: micros(30_000_000),
      heldUs: micros(600_000_000),
      backUs: micros(30_000_000),
    });
    fc.assert(
      fc.property(ways, ({ skewUs, thereUs, heldUs, backUs }) => {
        const sentUs = 1_000n;
        const wallAt = (us: bigint) => 1_700_000_000_000_000n + us;
        const answeredUs = sentUs + thereUs + heldUs;
        const endUs = answeredUs + backUs;
        const measured = measuredSkew({
          ...{ hostUs: wallAt(answeredUs) + skewUs, heldUs, sentUs },
          ...{ backUs: endUs, ownUs: wallAt(endUs) },
        });
        const errorUs = (measured?.skewUs ?? 0n) - skewUs;
        expect(errorUs < 0n ? -errorUs : errorUs).toBeLessThanOrEqual((measured?.roundTripUs ?? 0n) / 2n + 1n);
      }),
    );
  });

  it.each([
    ['a stamp that was never sent', 9_000_000n, 0n],
    ['one held for longer than it was away', 0n, 5_000_000n],
    ['one that came back after two minutes', -200_000_000n, 0n],
  ])('is not measured by %s', (_what, sentUs, heldUs) => {
    expect(measuredSkew({ hostUs: 0n, heldUs, sentUs, backUs: 1_000_000n, ownUs: 0n })).toBeUndefined();
  });

  it.each<[string, bigint, bigint, boolean]>([
    ['two seconds', 2_000_000n, 1n, false],
    ['more', 2_100_000n, 1_000n, true],
    ['more, behind', -2_100_000n, 1_000n, true],
    ['more, on a way as long', 3_000_000n, 2_000_001n, false],
    ['an hour, on a slow way', -3_600_000_000n, 10_000_000n, true],
  ])('of %s', (_what, skewUs, roundTripUs, isOff) => {
    expect(isClockOff({ skewUs, roundTripUs })).toBe(isOff);
  });

  it('is called off only when it was measured: the first message may have waited anywhere', () => {
    expect(unmeasuredSkew(90_000_000n, 1n)).toEqual({ skewUs: 89_999_999n, roundTripUs: 0n });
    expect(isClockOff(unmeasuredSkew(90_000_000n, 1n))).toBe(false);
  });
});
