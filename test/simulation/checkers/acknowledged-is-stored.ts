/** What the controller acknowledges is on its disk when it says so: every event up to there, none left out. */

import { CentralHistory } from './central-history.ts';
import type { MakeChecker } from './checker.ts';

export const acknowledgedIsStored: MakeChecker = (world) => {
  const name = 'what is acknowledged is stored';
  const history = new CentralHistory(world.controller);
  /** Up to where it was looked at, by incarnation, host and epoch. */
  const looked = new Map<string, bigint>();
  return {
    name,
    observer: {
      fromController: ({ host: number }, { body }) => {
        if (body?.$case !== 'eventAck') return;
        const { epoch, upToSeq } = body.value;
        const { hostId, name: host } = world.host(number);
        const key = `${world.controller.restores} ${hostId} ${epoch}`;
        const from = looked.get(key) ?? 0n;
        if (upToSeq <= from) return;
        const seqs = new Set(history.eventsOf(hostId, epoch, from).map(({ seq }) => seq));
        for (let seq = from + 1n; seq <= upToSeq; seq++) {
          if (!seqs.has(seq)) return world.violated(name, `${host}: ${upToSeq} is acknowledged, ${seq} is not stored`);
        }
        looked.set(key, upToSeq);
      },
    },
    [Symbol.dispose]: () => history[Symbol.dispose](),
  };
};
