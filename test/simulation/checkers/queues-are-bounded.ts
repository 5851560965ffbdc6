/** No queue grows without bound: spool, bridge, connection, store, and what a host may have on the way. */
import { defaultSpoolLimits } from '../../../packages/agent/src/state/spool-limits.ts';
import { windowMax } from '../network/pipe.ts';
import type { MakeChecker } from './checker.ts';
import { firstOf } from './nothing-lost-or-doubled.ts';

/** Of what these stories make: a table and some events. */
const bridgeBytesMax = 256 * 1024;

interface InFlight {
  readonly max: number;
  sent: bigint;
  acked: bigint;
}

export const queuesAreBounded: MakeChecker = (world) => {
  const name = 'queues are bounded';
  const inFlight = new Map<number, InFlight>();
  return {
    name,
    observer: {
      fromController: ({ number }, { body }) => {
        if (body?.$case === 'welcome') {
          const { eventsInFlightMax, ackedSeq } = body.value;
          inFlight.set(number, { max: eventsInFlightMax, sent: ackedSeq, acked: ackedSeq });
        }
        const known = inFlight.get(number);
        if (body?.$case === 'eventAck' && known !== undefined) known.acked = body.value.upToSeq;
      },
      fromAgent: ({ number, host }, { body }) => {
        const known = inFlight.get(number);
        const last = body?.$case === 'events' ? body.value.events.at(-1) : undefined;
        if (known === undefined || last === undefined) return;
        known.sent = last.seq;
        const unacknowledged = known.sent - known.acked;
        if (unacknowledged > known.max)
          world.violated(name, `web${host}: ${unacknowledged} events are on the way, ${known.max} are allowed`);
      },
    },
    tick: () => {
      const backlog = world.controller.fleet?.store.events.backlog ?? 0;
      if (backlog > 1) return `the store is behind by ${backlog} times what may wait`;
      const full = world.network.connections.find(({ waiting }) => waiting > windowMax + 1);
      if (full !== undefined) return `web${full.host}: ${full.waiting} messages wait on a connection`;
      return firstOf(world.hosts, (host) => {
        const spooled = host.engine?.spool.bytes ?? 0;
        if (spooled > defaultSpoolLimits.bytesMax * 1.1) return `${host.name}: the spool has ${spooled} bytes`;
        const bridged = host.link?.bridgeBytes ?? 0;
        return bridged > bridgeBytesMax ? `${host.name}: ${bridged} bytes wait on the bridge` : undefined;
      });
    },
  };
};
