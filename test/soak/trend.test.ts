import { describe, expect, it } from 'vitest';
import { trendOf } from './trend.ts';

const series = (valueAt: (s: number) => number) =>
  Array.from({ length: 100 }, (_, i) => ({ atS: i * 6, value: valueAt(i * 6) }));

describe('trendOf', () => {
  it('calls flat what warms up and then stays, noise and all', () => {
    const { isFlat, before, after } = trendOf(series((s) => Math.min(s, 200) + 50 + (s % 4)));
    expect([isFlat, before < after]).toEqual([true, true]);
  });

  it('finds what goes on growing, and how fast', () => {
    const { isFlat, perHour, highest } = trendOf(series((s) => 100 + s / 10));
    expect(isFlat).toBe(false);
    expect(perHour).toBeCloseTo(360);
    expect(highest).toBeCloseTo(159.4);
  });

  it('does not take shrinking for growth', () => {
    expect(trendOf(series((s) => 1000 - s)).isFlat).toBe(true);
  });
});
