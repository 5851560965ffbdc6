/** Who this host is. The id is made once, with agent.db, and is the host's key everywhere from then on. */
import { type Clock, FleetError, type Random, uuidv7 } from '@fleetvisor/primitives';
import type { AgentDb } from './agent-db.ts';

/**
 * The host's id (UUIDv7), made now when agent.db is new. On the disk when this returns: a host that has told a controller its
 * id, and then loses its power, must not come back as another one, whom the first keeps from its name.
 */
export function hostIdOf(db: AgentDb, clock: Clock, random: Random): string {
  const known = read(db);
  if (known !== undefined) return known;
  const made = uuidv7(clock.wallTimeUs(), random);
  db.transaction(() => db.sql.prepare('INSERT INTO identity (only_row, host_id) VALUES (1, ?)').run(made));
  db.syncNow();
  return made;
}

/** @throws FleetError `internal` for an id that is none */
function read(db: AgentDb): string | undefined {
  const row = db.sql.prepare('SELECT host_id FROM identity').get();
  if (row === undefined) return undefined;
  if (typeof row.host_id !== 'string') throw new FleetError('internal', `no host id in ${db.folder}/agent.db`);
  return row.host_id;
}
