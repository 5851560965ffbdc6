import { VirtualClock } from '@fleetvisor/primitives';
import { expect, it } from 'vitest';
import { formatCtime } from './ctime.ts';

it.each([
  [new Date(2026, 10, 21, 0, 8, 25), 'Sat Nov 21 00:08:25 2026'],
  [new Date(2026, 1, 1, 23, 59, 0), 'Sun Feb  1 23:59:00 2026'],
])('%s', (time, expected) => {
  expect(formatCtime(new VirtualClock(BigInt(time.getTime()) * 1000n))).toBe(expected);
});
