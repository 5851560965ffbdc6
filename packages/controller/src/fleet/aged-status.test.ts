import { expect, it } from 'vitest';
import { statusAt, unknownStatus } from './aged-status.ts';
import { runningStatus } from './testing/statuses.ts';

const second = 1_000_000;

it.each([
  [0, 'pid 7, uptime 0:00:05'],
  [1 * second, 'pid 7, uptime 0:00:06'],
  [86_400 * second, 'pid 7, uptime 1 day, 0:00:05'],
  [(2 * 86_400 + 3_600 + 59) * second, 'pid 7, uptime 2 days, 1:01:04'],
])('a running process has aged after %d us', (passed, description) => {
  const status = { ...runningStatus('web', 'api', 7), description: 'pid 7, uptime 0:00:05' };
  const aged = statusAt({ status, receivedAtUs: 50 }, 50 + passed);
  expect(aged).toMatchObject({ description, uptimeUs: 5_000_000n + BigInt(passed) });
});

it('leaves a process without a child as it is', () => {
  const status = { ...runningStatus('web', 'api', 0), state: 'STOPPED' as const, description: 'Not started' };
  expect(statusAt({ status, receivedAtUs: 0 }, 5 * second)).toBe(status);
});

it('says nothing of an unknown process but that it is unknown', () => {
  const status = runningStatus('web', 'api', 7);
  expect(unknownStatus(status)).toMatchObject({ state: 'UNKNOWN', pid: 0, uptimeUs: 0n, process: status.process });
});
