/** The central history tells what happened on a host in the order in which it happened. */
import { CentralHistory } from './central-history.ts';
import type { MakeChecker } from './checker.ts';
import { firstOf } from './nothing-lost-or-doubled.ts';

export const orderIsKept: MakeChecker = (world) => {
  const history = new CentralHistory(world.controller);
  return {
    name: 'the order of a host is kept',
    atRest: () =>
      firstOf(world.hosts, ({ hostId, name }) => {
        const newest = new Map<string, bigint>();
        for (const { epoch, seq, position } of history.eventsOf(hostId)) {
          const before = newest.get(epoch) ?? 0n;
          if (seq < before) return `${name}: event ${seq} comes after ${before}, at position ${position}`;
          newest.set(epoch, seq);
        }
        return undefined;
      }),
    [Symbol.dispose]: () => history[Symbol.dispose](),
  };
};
