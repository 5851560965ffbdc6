import { describe, expect, it } from 'vitest';
import { eventLimitsFor } from './event-limits.ts';

const mib = 2 ** 20;

describe('eventLimitsFor', () => {
  it.each([
    [0, 2_000, 2 * mib],
    [20, 2_000, 2 * mib],
    [1_000, 200, 268_435],
    [5_000, 64, mib / 16],
    [10_000, 64, mib / 16],
  ])('allows each of %i hosts %i events and %i bytes on the way', (hosts, inFlightMax, bytesInFlightMax) => {
    expect(eventLimitsFor(hosts)).toEqual({ inFlightMax, bytesInFlightMax });
  });
});
