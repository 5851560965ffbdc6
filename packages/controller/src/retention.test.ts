import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { startRetention } from './retention.ts';
import type { EventStore } from './store/events.ts';

const dayUs = 86_400_000_000n;

function retention(dropDaysBefore: EventStore['dropDaysBefore']) {
  const clock = new VirtualClock(100n * dayUs);
  const told: string[] = [];
  const tell = (_facts: object, message: string) => void told.push(message);
  // Retention asks the history for nothing else.
  const events = { dropDaysBefore } as EventStore;
  const running = startRetention({ events, clock, log: { info: tell, warn: tell, error: tell }, retainDays: 90 });
  return { clock, told, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

describe('retention', () => {
  it('drops at the start and every day, by the wall clock', async () => {
    const asked: bigint[] = [];
    await using house = retention(async (us) => {
      asked.push(us);
      return asked.length;
    });
    await house.clock.advanceAsync(0);
    expect(asked).toEqual([10n * dayUs]);
    await house.clock.advanceAsync(2 * 86_400_000);
    expect(asked).toEqual([10n * dayUs, 11n * dayUs, 12n * dayUs]);
    expect(house.told).toHaveLength(3);
  });

  it('says nothing when there is nothing to drop', async () => {
    await using house = retention(async () => 0);
    await house.clock.advanceAsync(86_400_000);
    expect(house.told).toEqual([]);
  });

  it('tells of a failure and tries again the next day', async () => {
    let asked = 0;
    await using house = retention(async () => {
      asked++;
      throw new Error('disk is full');
    });
    await house.clock.advanceAsync(86_400_000);
    expect(asked).toBe(2);
    expect(house.told[0]).toMatch(/cannot drop old events/);
  });

  it('leaves no timer behind', async () => {
    const house = retention(async () => 0);
    await house.clock.advanceAsync(0);
    await house[Symbol.asyncDispose]();
    expect(house.clock.armed).toBe(0);
  });
});
