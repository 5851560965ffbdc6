import { msBetween, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { type OpenSession, SessionRegistry } from './registry.ts';
import { sendAway } from './send-away.ts';

interface Told {
  readonly atMs: number;
  readonly afterMs: number;
}

/** @param listens whether the hosts leave when they are told */
async function house(count: number, listens = true) {
  const clock = new VirtualClock();
  const startedAt = clock.now();
  const sessions = new SessionRegistry();
  const told: Told[] = [];
  for (let n = 0; n < count; n++) {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const session: OpenSession = {
      hostId: String(n),
      session: 1n,
      ended,
      send: () => true,
      cut: () => {},
      sendAway: (_, afterMs) => {
        told.push({ atMs: msBetween(startedAt, clock.now()), afterMs });
        if (listens) resolve();
      },
    };
    await sessions.enter(session, () => {});
  }
  let isDone = false;
  const done = sendAway(sessions, 'the end', clock).then(() => {
    isDone = true;
  });
  return { clock, told, done, isDone: () => isDone };
}

describe('sendAway', () => {
  it('tells a small fleet at once, and waits for it', async () => {
    const { told, done } = await house(60);
    await done;
    expect(told).toEqual(Array(60).fill({ atMs: 0, afterMs: 0 }));
  });

  it('tells a larger one in waves: none is to be back before the last has left', async () => {
    const { clock, told, done } = await house(150);
    await clock.advanceAsync(200);
    await done;
    const waves = [...Map.groupBy(told, ({ atMs, afterMs }) => `at ${atMs}, after ${afterMs}`)];
    expect(waves.map(([when, { length }]) => `${length} ${when}`)).toEqual([
      '60 at 0, after 200',
      '60 at 100, after 100',
      '30 at 200, after 0',
    ]);
  });

  it('takes no longer than eight seconds for ten thousand', async () => {
    const { clock, told, done } = await house(10_000);
    await clock.advanceAsync(7_900);
    await done;
    expect(told).toHaveLength(10_000);
  });

  it('does not wait long for one that does not listen', async () => {
    const { clock, done, isDone } = await house(1, false);
    await clock.advanceAsync(999);
    expect(isDone()).toBe(false);
    await clock.advanceAsync(1);
    await done;
    expect(clock.armed).toBe(0);
  });
});
