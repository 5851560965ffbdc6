/** Breaks of what the controller shows. */

import { delayed } from '../plan/busy-plans.ts';
import type { Sabotage } from '../sabotage.ts';
import type { Break } from './break.ts';

/** The lease of a host never ends, for the controller takes its silence for life. */
const leaseNeverEnds: Sabotage = {
  fleet: ({ live }, life) => {
    const sessions = new Map<string, bigint>();
    const arrived = live.arrived.bind(live);
    live.arrived = (arrival) => {
      sessions.set(arrival.record.hostId, arrival.record.session);
      arrived(arrival);
    };
    live.streamEnded = () => {};
    const hear = () => {
      for (const [hostId, session] of sessions) {
        live.heard(hostId, session, life.clock.now());
        live.proven(hostId, session, life.clock.now());
      }
      life.after(1_000, hear);
    };
    hear();
  },
};

/** However long a heartbeat was on the way, it counts from when it came. */
const leaseFromReceipt: Sabotage = {
  fleet: ({ live }, life) => {
    const proven = live.proven.bind(live);
    live.proven = (hostId, session) => proven(hostId, session, life.clock.now());
  },
};

export const statusBreaks: readonly Break[] = [
  { name: 'a lease that never ends', make: () => leaseNeverEnds, found: 'status is true' },
  {
    name: 'a lease that begins when a message comes',
    make: () => leaseFromReceipt,
    found: 'status is true',
    busy: delayed,
  },
];
