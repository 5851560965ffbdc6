import { describe, expect, it } from 'vitest';
import { clockDuration, roughDuration } from './duration.ts';

describe('durations', () => {
  it.each([
    [0, '0:00:00'],
    [62_999, '0:01:02'],
    [36_000_000, '10:00:00'],
    [86_400_000, '1 day, 0:00:00'],
    [183_845_000, '2 days, 3:04:05'],
    [-5, '0:00:00'],
  ])('%i ms as Supervisor says it', (ms, words) => {
    expect(clockDuration(ms)).toBe(words);
  });

  it.each([
    [999, '0s'],
    [59_999, '59s'],
    [125_000, '2m'],
    [7_200_000, '2h'],
    [172_800_000, '2d'],
  ])('%i ms as an age', (ms, words) => {
    expect(roughDuration(ms)).toBe(words);
  });
});
