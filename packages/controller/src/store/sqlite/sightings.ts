/** When hosts were last heard of, and their processes as last told: rows that are written now and then, many at once. */
import { sql, type Transaction } from 'kysely';
import type { HostTable, Sighting } from '../hosts.ts';
import type { Schema } from './schema.ts';

/** Nothing is ever set back. */
export async function writeSightings(transaction: Transaction<Schema>, seen: readonly Sighting[]): Promise<void> {
  // Numbers as text: JSON has no 64-bit integers.
  const rows = JSON.stringify(
    seen.map(({ hostId, lastSeenUs, table }) => [
      hostId,
      String(lastSeenUs),
      table?.life ?? null,
      table === undefined ? null : String(table.version),
    ]),
  );
  const sightings = sql`(
    select json_extract(value, '$[0]') as host_id, cast(json_extract(value, '$[1]') as integer) as us,
      json_extract(value, '$[2]') as life, cast(json_extract(value, '$[3]') as integer) as version
    from json_each(${rows})
  ) as seen`;
  await sql`
    update hosts set last_seen_us = seen.us from ${sightings}
    where seen.host_id = hosts.host_id and seen.us > hosts.last_seen_us`.execute(transaction);
  await sql`
    update host_tables set as_of_us = seen.us from ${sightings}
    where seen.host_id = host_tables.host_id and seen.life = host_tables.life
      and seen.version = host_tables.version and seen.us > host_tables.as_of_us`.execute(transaction);
}

export async function writeTables(transaction: Transaction<Schema>, tables: readonly HostTable[]): Promise<void> {
  for (const { hostId, life, version, asOfUs, statuses } of tables) {
    await sql`
      insert into host_tables (host_id, life, version, as_of_us, statuses)
      select ${hostId}, ${life}, ${version}, ${asOfUs}, ${statuses}
      where exists (select 1 from hosts where host_id = ${hostId})
      on conflict (host_id) do update set
        life = excluded.life, version = excluded.version, as_of_us = excluded.as_of_us, statuses = excluded.statuses
    `.execute(transaction);
  }
}
