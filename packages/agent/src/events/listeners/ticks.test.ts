import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import type { TickPeriod } from './event-types.ts';
import { Ticks } from './ticks.ts';

/** 1,700,000,000 is 20 s into its minute and 800 s into its hour. */
function ticking(...periods: TickPeriod[]) {
  const clock = new VirtualClock(1_700_000_001_500_000n);
  const heard: string[] = [];
  const ticks = new Ticks(clock, (period, whenS) => heard.push(`TICK_${period} ${whenS - 1_700_000_000}`));
  ticks.follow((period) => periods.includes(period));
  return { clock, heard, ticks };
}

describe('ticks', () => {
  it('come when a slice begins, and tell its start', () => {
    const { clock, heard } = ticking(5);
    clock.advance(3499);
    expect(heard).toEqual([]);
    clock.advance(1);
    expect(heard).toEqual(['TICK_5 5']);
    clock.advance(10_000);
    expect(heard).toEqual(['TICK_5 5', 'TICK_5 10', 'TICK_5 15']);
  });

  it('come for the short period first where several begin at once', () => {
    const { clock, heard } = ticking(60, 3600, 5);
    clock.advance(38_500);
    expect(heard.slice(-2)).toEqual(['TICK_5 40', 'TICK_60 40']);
    clock.advance((2800 - 40) * 1000);
    expect(heard.slice(-3)).toEqual(['TICK_5 2800', 'TICK_60 2800', 'TICK_3600 2800']);
  });

  it('come once when several slices have passed at once', () => {
    const { clock, heard } = ticking(5);
    clock.stepWallClock(100_000);
    clock.advance(3500);
    expect(heard).toEqual(['TICK_5 105']);
  });

  it('come when the clock was set back, too', () => {
    const { clock, heard } = ticking(5);
    clock.stepWallClock(-100_000);
    clock.advance(3500);
    expect(heard).toEqual(['TICK_5 -95']);
  });

  it('notice within a minute that the clock was set', () => {
    const { clock, heard } = ticking(3600);
    clock.stepWallClock(2_799_000);
    clock.advance(60_000);
    expect(heard).toEqual(['TICK_3600 2800']);
  });

  it('need no timer while nobody wants them', () => {
    const { clock, heard, ticks } = ticking();
    expect(clock.armed).toBe(0);
    ticks.follow((period) => period === 60);
    expect(clock.armed).toBe(1);
    ticks.follow(() => false);
    expect(clock.armed).toBe(0);
    ticks.follow((period) => period === 60);
    ticks[Symbol.dispose]();
    expect(clock.armed).toBe(0);
    expect(heard).toEqual([]);
  });

  it('of one period go on when another is wanted', () => {
    const { clock, heard, ticks } = ticking(5);
    clock.advance(3000);
    ticks.follow((period) => period !== 3600);
    clock.advance(500);
    expect(heard).toEqual(['TICK_5 5']);
  });
});
