/** Who this host is. The id is made once, with agent.db, and is the host's key everywhere from then on. */
import { type Clock, FleetError, type Random, uuidv7 } from '@fleetvisor/primitives';
import type { AgentDb } from './agent-db.ts';

/** The host's id (UUIDv7), made now when agent.db is new. */
export function hostIdOf(db: AgentDb, clock: Clock, random: Random): string {
  return db.transaction(() => {
    db.sql
      .prepare('INSERT INTO identity (only_row, host_id) VALUES (1, ?) ON CONFLICT DO NOTHING')
      .run(uuidv7(clock.wallTimeUs(), random));
    const hostId = db.sql.prepare('SELECT host_id FROM identity').get()?.host_id;
    if (typeof hostId !== 'string') throw new FleetError('internal', `no host id in ${db.folder}/agent.db`);
    return hostId;
  });
}
