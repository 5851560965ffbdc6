import { describe, expect, it } from 'vitest';
import { after, type instant, msBetween, sleep } from './clock.ts';
import { systemClock } from './system-clock.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('VirtualClock', () => {
  it('fires timers at their own time, in the order of time and then of arming', () => {
    const clock = new VirtualClock();
    const start = clock.now();
    const fired: string[] = [];
    const at = (ms: number, name: string) =>
      clock.schedule(after(start, ms), () => fired.push(`${name} at ${msBetween(start, clock.now())}`));
    at(20, 'late');
    at(10, 'first');
    at(10, 'second');
    at(15, 'cancelled').cancel();
    clock.advance(15);
    expect(fired).toEqual(['first at 10', 'second at 10']);
    clock.advance(5);
    expect(fired.at(-1)).toBe('late at 20');
    expect(clock.armed).toBe(0);
  });

  it('fires a timer that a timer has armed on the way', () => {
    const clock = new VirtualClock();
    let count = 0;
    const again = () => {
      count++;
      clock.schedule(after(clock.now(), 10), again);
    };
    again();
    clock.advance(35);
    expect(count).toBe(4);
  });

  it('keeps the wall clock apart: stepping it fires nothing', () => {
    const clock = new VirtualClock(1_000_000n);
    const before = clock.now();
    let fired = false;
    clock.schedule(after(before, 10), () => {
      fired = true;
    });
    clock.stepWallClock(3_600_000);
    expect(clock.wallTimeUs()).toBe(3_601_000_000n);
    expect(clock.now()).toBe(before);
    expect(fired).toBe(false);
  });
});

describe('sleep', () => {
  it('ends in time, or at once when aborted, and leaves no timer', async () => {
    const clock = new VirtualClock();
    const slept = sleep(clock, 50);
    await clock.advanceAsync(50);
    await slept;
    const abort = new AbortController();
    const broken = sleep(clock, 50, abort.signal);
    abort.abort(new Error('up'));
    await expect(broken).rejects.toThrow('up');
    expect(clock.armed).toBe(0);
    await expect(sleep(clock, 1, abort.signal)).rejects.toThrow('up');
  });
});

describe('the system clock', () => {
  it('never goes back, and does not fire early', async () => {
    const start = systemClock.now();
    const firedAt = await new Promise<ReturnType<typeof instant>>((resolve) => {
      systemClock.schedule(after(start, 20), () => resolve(systemClock.now()));
    });
    expect(msBetween(start, firedAt)).toBeGreaterThanOrEqual(20);
  });

  it('waits longer than one of Node’s timers can, and can be called off', () => {
    const timer = systemClock.schedule(after(systemClock.now(), 2 ** 31 + 1000), () => {
      throw new Error('far too early');
    });
    timer.cancel();
  });
});
