import { after, type Clock, instant, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { LoadGauge } from './load-gauge.ts';
import { type LoadLevel, nextLevel } from './load-level.ts';

describe('nextLevel', () => {
  it.each<[LoadLevel, number, number, LoadLevel]>([
    ['calm', 199, 0.04, 'calm'],
    ['calm', 200, 0, 'no-logs'],
    ['calm', 0, 0.05, 'no-logs'],
    ['calm', 500, 0, 'no-tables'],
    ['calm', 0, 0.5, 'no-sessions'],
    ['no-logs', 100, 0, 'no-logs'],
    ['no-logs', 99, 0.02, 'calm'],
    ['no-sessions', 500, 0, 'no-sessions'],
    ['no-sessions', 499, 0, 'no-tables'],
    ['no-sessions', 0, 0, 'no-tables'],
    ['no-tables', 0, 0.5, 'no-sessions'],
  ])('from %s with a lag of %i ms and a backlog of %d is %s', (before, lagMs, backlog, expected) => {
    expect(nextLevel(before, { lagMs, backlog })).toBe(expected);
  });
});

/** A clock whose timers come late. */
function lateClock(): { clock: Clock; pass: (ms: number, lateMs: number) => Promise<void> } {
  const virtual = new VirtualClock();
  let lateMs = 0;
  const clock: Clock = {
    now: () => instant(after(virtual.now(), lateMs)),
    wallTimeUs: () => virtual.wallTimeUs(),
    schedule: (at, run) => virtual.schedule(at, run),
  };
  return {
    clock,
    async pass(ms, late) {
      lateMs = late;
      await virtual.advanceAsync(ms);
      lateMs = 0;
    },
  };
}

function gauged() {
  const { clock, pass } = lateClock();
  const levels: LoadLevel[] = [];
  const said: string[] = [];
  const log = {
    info: (_: object, text: string) => said.push(text),
    warn: (_: object, text: string) => said.push(text),
  };
  let backlog = 0;
  const gauge = new LoadGauge({
    clock,
    log: { ...log, error: () => {} },
    backlog: () => backlog,
    changed: (level) => levels.push(level),
  });
  const setBacklog = (share: number) => {
    backlog = share;
  };
  return { gauge, levels, said, pass, setBacklog };
}

describe('LoadGauge', () => {
  it('rises with the queue before the store, and eases one step at a time', async () => {
    const { gauge, levels, said, pass, setBacklog } = gauged();
    setBacklog(0.6);
    await pass(500, 0);
    expect(gauge.level).toBe('no-sessions');
    let isCalm = false;
    void gauge.calm().then(() => {
      isCalm = true;
    });
    setBacklog(0);
    await pass(1_000, 0);
    expect([gauge.level, isCalm]).toEqual(['no-logs', false]);
    await pass(500, 0);
    expect([gauge.level, isCalm]).toEqual(['calm', true]);
    expect(levels).toEqual(['no-sessions', 'no-tables', 'no-logs', 'calm']);
    expect(said[0]).toContain('overloaded');
  });

  it('takes an event loop that is late twice in a row for load, and once for nothing', async () => {
    const { gauge, pass } = gauged();
    await pass(500, 700);
    expect(gauge.level).toBe('calm');
    await pass(500, 0);
    await pass(500, 700);
    expect(gauge.level).toBe('calm');
    await pass(500, 600);
    expect(gauge.level).toBe('no-tables');
  });

  it('lets nobody wait for a controller that ends', async () => {
    const { gauge, pass, setBacklog } = gauged();
    setBacklog(1);
    await pass(500, 0);
    const calm = gauge.calm();
    gauge[Symbol.dispose]();
    await calm;
  });
});
