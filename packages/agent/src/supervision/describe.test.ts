import { expect, it, describe as suite } from 'vitest';
import { type DescribedProcess, describe, formatLocalTime, formatUptime } from './describe.ts';

const stopped: DescribedProcess = {
  name: 'cat_00',
  state: 'STOPPED',
  pid: 0,
  uptimeUs: 0,
  spawnError: '',
  wasAttempted: false,
  stoppedAtUs: 0n,
};

/** Unix microseconds of a moment in the local time zone. */
function local(year: number, month: number, day: number, hour: number, minute: number): bigint {
  return BigInt(new Date(year, month, day, hour, minute).getTime()) * 1000n;
}

suite('describe', () => {
  it.each<[string, Partial<DescribedProcess>, string]>([
    ['RUNNING', { state: 'RUNNING', pid: 123, uptimeUs: 5_900_000 }, 'pid 123, uptime 0:00:05'],
    ['FATAL', { state: 'FATAL', spawnError: "can't find command 'x'" }, "can't find command 'x'"],
    ['BACKOFF without a reason', { state: 'BACKOFF' }, 'unknown error (try "tail cat_00")'],
    ['STOPPED, never started', {}, 'Not started'],
    ['STOPPED', { wasAttempted: true, stoppedAtUs: local(2026, 10, 21, 0, 6) }, 'Nov 21 12:06 AM'],
    ['EXITED', { state: 'EXITED', wasAttempted: true, stoppedAtUs: local(2026, 0, 3, 13, 45) }, 'Jan 03 01:45 PM'],
    ['STARTING', { state: 'STARTING', pid: 9 }, ''],
    ['STOPPING', { state: 'STOPPING', pid: 9 }, ''],
    ['UNKNOWN', { state: 'UNKNOWN', pid: 9 }, ''],
  ])('says of %s', (_, facts, text) => {
    expect(describe({ ...stopped, ...facts })).toBe(text);
  });

  it('shows the epoch for a process that never had a child to stop', () => {
    expect(describe({ ...stopped, wasAttempted: true })).toBe(formatLocalTime(0n));
  });

  it.each([
    [0, '0:00:00'],
    [-5, '0:00:00'],
    [59_999_999, '0:00:59'],
    [3_661e6, '1:01:01'],
    [86_399e6, '23:59:59'],
    [86_400e6 + 11_045e6, '1 day, 3:04:05'],
    [2 * 86_400e6 + 5e6, '2 days, 0:00:05'],
  ])('formats %d microseconds of uptime', (us, text) => {
    expect(formatUptime(us)).toBe(text);
  });

  it.each([
    [0, '12:00 AM'],
    [11, '11:00 AM'],
    [12, '12:00 PM'],
    [23, '11:00 PM'],
  ])('shows hour %d as people say it', (hour, text) => {
    expect(formatLocalTime(local(2026, 5, 1, hour, 0))).toBe(`Jun 01 ${text}`);
  });
});
