import { seededRandom, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { dayUs, event, everything, noonUs, source } from '../contract/samples.ts';
import { eventDay, eventTable } from './event-day.ts';
import { openSqliteStore } from './open-store.ts';
import { shell } from './test-support/shell.ts';
import { temporaryFolder } from './test-support/temporary-store.ts';

describe('days of events', () => {
  it('are UTC days', () => {
    expect(eventDay(noonUs)).toBe(20240115);
    expect(eventDay(noonUs + dayUs / 2n - 1n)).toBe(20240115);
    expect(eventDay(noonUs + dayUs / 2n)).toBe(20240116);
    expect(eventTable(20240115)).toBe('events_20240115');
  });

  it('begin at midnight of the wall clock, and are found in order when it is set back', async () => {
    await using folder = await temporaryFolder();
    const clock = new VirtualClock(noonUs + dayUs / 2n - 1_000_000n);
    await using store = await openSqliteStore({ folder: folder.path, clock, random: seededRandom(1), gatherMs: 0 });
    const append = (seq: number) => store.events.append(source('web1'), [event(seq)], clock.wallTimeUs());
    await append(1);
    clock.stepWallClock(2_000);
    await append(2);
    clock.stepWallClock(-3_000);
    await append(3);
    clock.stepWallClock(5_000);
    await append(4);
    using other = shell(folder.path);
    const inDay = (day: number) =>
      other.db
        .prepare(`select seq from ${eventTable(day)} order by seq`)
        .pluck()
        .all();
    expect([inDay(20240115), inDay(20240116)]).toEqual([
      [1, 3],
      [2, 4],
    ]);
    const ofHost = { ...everything, hostIds: ['id-of-web1'] };
    for (const filter of [everything, ofHost]) {
      expect((await store.events.after(0n, filter, 10)).map(({ seq }) => seq)).toEqual([1n, 2n, 3n, 4n]);
      expect((await store.events.newest(0n, filter, 3)).map(({ seq }) => seq)).toEqual([4n, 3n, 2n]);
    }
  });
});
