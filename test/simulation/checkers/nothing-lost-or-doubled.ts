/** In the end the central history of a host is what its agent has recorded: each event once, with the same bytes. */
import type { SimulatedHost } from '../host/simulated-host.ts';
import { CentralHistory } from './central-history.ts';
import type { MakeChecker } from './checker.ts';

export interface RecordedEvent {
  readonly seq: bigint;
  readonly body: Uint8Array;
}

/** What the agent keeps, acknowledged or not. */
export function recordedBy(host: SimulatedHost): readonly RecordedEvent[] {
  const query = host.db?.sql.prepare('SELECT seq, body FROM spool ORDER BY seq');
  query?.setReadBigInts(true);
  return (query?.all() ?? []) as unknown as readonly RecordedEvent[]; // its fields are the columns
}

export const nothingLostOrDoubled: MakeChecker = (world) => {
  const history = new CentralHistory(world.controller);
  const wrongOf = (host: SimulatedHost): string | undefined => {
    const recorded = recordedBy(host);
    const central = history.eventsOf(host.hostId).filter(({ epoch }) => epoch !== world.controller.incarnation);
    const own = central.filter(({ kind }) => !ownKinds.has(kind));
    const bodies = new Map(recorded.map(({ seq, body }) => [seq, body]));
    const seen = new Set<bigint>();
    for (const { seq, body, kind } of own) {
      if (seen.has(seq)) return `${host.name}: event ${seq} (${kind}) is there twice`;
      seen.add(seq);
      const original = bodies.get(seq);
      if (original === undefined) return `${host.name}: event ${seq} (${kind}) was never recorded`;
      if (Buffer.compare(original, body) !== 0) return `${host.name}: event ${seq} (${kind}) has other bytes`;
    }
    const lost = recorded.find(({ seq }) => !seen.has(seq));
    return lost && `${host.name}: event ${lost.seq} of ${recorded.length} is not in the central history`;
  };
  return {
    name: 'no event is lost or doubled',
    atRest: () => firstOf(world.hosts, wrongOf),
    [Symbol.dispose]: () => history[Symbol.dispose](),
  };
};

/** Of the controller itself, under the host's id. */
const ownKinds = new Set(['hostConnected', 'hostDisconnected', 'identityConflict']);

export function firstOf(
  hosts: readonly SimulatedHost[],
  wrongOf: (host: SimulatedHost) => string | undefined,
): string | undefined {
  for (const host of hosts) {
    const wrong = wrongOf(host);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
