/** Hosts, their sessions and their desired state on SQLite. */
import { FleetError } from '@fleetvisor/primitives';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { RevisionRef } from '../../fleet/generation.ts';
import type { ArrivalOutcome, Assignment, HostArrival, HostRecord, HostStore } from '../hosts.ts';
import { assignAll, assignmentOf, unknownHosts } from './assign.ts';
import { labels, texts } from './json-columns.ts';
import type { Schema } from './schema.ts';

type HostRow = Selectable<Schema['hosts']> & { readonly session: bigint };

export interface SqliteHostsOptions {
  readonly db: Kysely<Schema>;
  readonly incarnation: string;
  /** Called after each transaction whose loss the agents would notice. */
  readonly written: () => void;
}

export class SqliteHosts implements HostStore {
  readonly #db: Kysely<Schema>;
  readonly #incarnation: string;
  readonly #written: () => void;

  constructor(options: SqliteHostsOptions) {
    this.#db = options.db;
    this.#incarnation = options.incarnation;
    this.#written = options.written;
  }

  async list(): Promise<readonly HostRecord[]> {
    const rows = await hostsWithSession(this.#db).orderBy('hosts.name').execute();
    return rows.map(hostRecord);
  }

  async arrive(arrival: HostArrival, nowUs: bigint): Promise<ArrivalOutcome> {
    const outcome = await this.#db.transaction().execute(async (transaction): Promise<ArrivalOutcome> => {
      const holder = await hostsWithSession(transaction).where('name', '=', arrival.name).executeTakeFirst();
      if (holder !== undefined && holder.host_id !== arrival.hostId) {
        return { kind: 'nameTaken', holder: hostRecord(holder) };
      }
      const known = await transaction
        .selectFrom('hosts')
        .select('host_id')
        .where('host_id', '=', arrival.hostId)
        .executeTakeFirst();
      await writeArrival(transaction, arrival, nowUs);
      const host = await hostsWithSession(transaction)
        .where('hosts.host_id', '=', arrival.hostId)
        .executeTakeFirstOrThrow();
      return { kind: 'arrived', host: hostRecord(host), isNew: known === undefined };
    });
    this.#written();
    return outcome;
  }

  async touch(seen: readonly { readonly hostId: string; readonly lastSeenUs: bigint }[]): Promise<void> {
    const pairs = JSON.stringify(seen.map(({ hostId, lastSeenUs }) => [hostId, String(lastSeenUs)]));
    await sql`
      update hosts set last_seen_us = seen.us
      from (
        select json_extract(value, '$[0]') as host_id, cast(json_extract(value, '$[1]') as integer) as us
        from json_each(${pairs})
      ) as seen
      where seen.host_id = hosts.host_id and seen.us > hosts.last_seen_us`.execute(this.#db);
  }

  async forget(hostId: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db.deleteFrom('hosts').where('host_id', '=', hostId).executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async assignments(): Promise<readonly Assignment[]> {
    const rows = await this.#db.selectFrom('assignments').selectAll().orderBy('host_id').execute();
    return rows.map((row) => assignmentOf(row, this.#incarnation));
  }

  async assignment(hostId: string): Promise<Assignment | undefined> {
    return findAssignment(this.#db, hostId, this.#incarnation);
  }

  async assignAtJoin(hostId: string, files: readonly RevisionRef[], hash: string): Promise<Assignment> {
    const assignment = await this.#db.transaction().execute(async (transaction) => {
      // Two sessions of one host may join at once: the first one's assignment stands.
      const existing = await findAssignment(transaction, hostId, this.#incarnation);
      if (existing !== undefined) return existing;
      if ((await unknownHosts(transaction, [hostId])).length > 0) {
        throw new FleetError('not_found', `cannot give host ${hostId} a desired state: it has not arrived`, { hostId });
      }
      return firstOf(await assignAll(transaction, [{ hostId, files, hash }], '', this.#incarnation));
    });
    this.#written();
    return assignment;
  }
}

function firstOf(assignments: readonly Assignment[]): Assignment {
  const [assignment] = assignments;
  if (assignment === undefined) throw new FleetError('internal', 'one host was to be assigned, and none was');
  return assignment;
}

async function findAssignment(
  db: Kysely<Schema>,
  hostId: string,
  incarnation: string,
): Promise<Assignment | undefined> {
  const row = await db.selectFrom('assignments').selectAll().where('host_id', '=', hostId).executeTakeFirst();
  return row === undefined ? undefined : assignmentOf(row, incarnation);
}

async function writeArrival(transaction: Transaction<Schema>, arrival: HostArrival, nowUs: bigint): Promise<void> {
  const facts = {
    name: arrival.name,
    host_groups: JSON.stringify(arrival.hostGroups),
    labels: JSON.stringify(arrival.labels),
    agent_version: arrival.agentVersion,
    hostname: arrival.hostname,
    os: arrival.os,
    address: arrival.address,
    last_seen_us: nowUs,
  };
  await transaction
    .insertInto('hosts')
    .values({ host_id: arrival.hostId, first_seen_us: nowUs, ...facts })
    .onConflict((conflict) => conflict.column('host_id').doUpdateSet(facts))
    .execute();
  await transaction
    .insertInto('host_counters')
    .values({ host_id: arrival.hostId, session: 1n })
    .onConflict((conflict) =>
      conflict.column('host_id').doUpdateSet((eb) => ({ session: eb('host_counters.session', '+', 1n) })),
    )
    .execute();
}

function hostsWithSession(db: Kysely<Schema>) {
  return db
    .selectFrom('hosts')
    .innerJoin('host_counters', 'host_counters.host_id', 'hosts.host_id')
    .selectAll('hosts')
    .select('host_counters.session');
}

function hostRecord(row: HostRow): HostRecord {
  return {
    hostId: row.host_id,
    name: row.name,
    hostGroups: texts(row.host_groups),
    labels: labels(row.labels),
    agentVersion: row.agent_version,
    hostname: row.hostname,
    os: row.os,
    address: row.address,
    firstSeenUs: row.first_seen_us,
    lastSeenUs: row.last_seen_us,
    session: row.session,
  };
}
