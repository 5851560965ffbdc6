import { VirtualClock } from '@fleetvisor/primitives';
import { expect, it } from 'vitest';
import { type SnapshotSlot, SnapshotSlots } from './snapshot-slots.ts';

function house(max: number) {
  const clock = new VirtualClock();
  const slots = new SnapshotSlots(clock, max);
  const granted: string[] = [];
  const held = new Map<string, SnapshotSlot>();
  const want = (name: string) =>
    slots.whenFree((slot) => {
      granted.push(name);
      held.set(name, slot);
    });
  return { clock, slots, granted, held, want };
}

it('are given in the order of asking, as many at once as there are', () => {
  const { slots, granted, held, want } = house(2);
  for (const name of ['a', 'b', 'c', 'd']) want(name);
  expect(granted).toEqual(['a', 'b']);
  expect(slots.tryTake()).toBeUndefined();
  held.get('b')?.giveBack();
  held.get('b')?.giveBack();
  expect(granted).toEqual(['a', 'b', 'c']);
  expect(slots.waiting).toBe(1);
});

it('are not given to whoever has gone', () => {
  const { granted, held, want } = house(1);
  want('a');
  const leave = want('b');
  want('c');
  leave();
  held.get('a')?.giveBack();
  expect(granted).toEqual(['a', 'c']);
});

it('come back by themselves from a host that says nothing', () => {
  const { clock, granted, want } = house(1);
  want('a');
  want('b');
  clock.advance(30_000);
  expect(granted).toEqual(['a', 'b']);
});

it('are held back while the controller has too much to do, and no timer is left at the end', () => {
  const { clock, slots, granted, want } = house(2);
  slots.pause(true);
  want('a');
  expect(slots.tryTake()).toBeUndefined();
  expect(granted).toEqual([]);
  slots.pause(false);
  expect(granted).toEqual(['a']);
  slots[Symbol.dispose]();
  expect(clock.armed).toBe(0);
});
