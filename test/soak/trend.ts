/** Whether a series of samples grows: pure. */

export interface Sample {
  /** Since the beginning. */
  readonly atS: number;
  readonly value: number;
}

export interface Trend {
  /** Of the first and of the second half. */
  readonly before: number;
  readonly after: number;
  readonly highest: number;
  /** Of a line through the second half, by least squares: in the first one everything warms up. */
  readonly perHour: number;
  /** It rises by less than would matter, were it to go on: a twentieth of itself in the time of the second half. */
  readonly isFlat: boolean;
}

export function trendOf(samples: readonly Sample[]): Trend {
  const half = Math.floor(samples.length / 2);
  const [first, second] = [samples.slice(0, half), samples.slice(half)];
  const [begin, end] = [second[0]?.atS ?? 0, second.at(-1)?.atS ?? 0];
  const perSecond = slope(second);
  const after = median(second);
  return {
    before: median(first),
    after,
    highest: Math.max(...samples.map(({ value }) => value)),
    perHour: perSecond * 3_600,
    isFlat: perSecond * (end - begin) < after / 20,
  };
}

function slope(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [meanAt, meanValue] = [mean(({ atS }) => atS), mean(({ value }) => value)];
  const spread = samples.reduce((sum, { atS }) => sum + (atS - meanAt) ** 2, 0);
  const together = samples.reduce((sum, { atS, value }) => sum + (atS - meanAt) * (value - meanValue), 0);
  return spread === 0 ? 0 : together / spread;
}

function median(samples: readonly Sample[]): number {
  return samples.map(({ value }) => value).toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? Number.NaN;
}
