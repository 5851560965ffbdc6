/** Hosts, their sessions and their desired state on SQLite. */
import { type Clock, FleetError } from '@fleetvisor/primitives';
import type { Kysely } from 'kysely';
import type { RevisionRef } from '../../fleet/generation.ts';
import type { ArrivalOutcome, Assignment, HostArrival, HostRecord, HostStore, HostTable, Sighting } from '../hosts.ts';
import { type Arrival, hostRecord, hostsWithSession, writeArrivals } from './arrivals.ts';
import { assignAll, assignmentOf, unknownHosts } from './assign.ts';
import { GroupCommit } from './group-commit.ts';
import { revisionRefs } from './json-columns.ts';
import type { Schema } from './schema.ts';
import { writeSightings, writeTables } from './sightings.ts';

export interface SqliteHostsOptions {
  readonly clock: Clock;
  readonly db: Kysely<Schema>;
  readonly incarnation: string;
  /** Called after each transaction whose loss the agents would notice. */
  readonly written: () => void;
}

export class SqliteHosts implements HostStore, AsyncDisposable {
  readonly #db: Kysely<Schema>;
  readonly #incarnation: string;
  readonly #written: () => void;
  /** A whole fleet may come back at once: those that wait for the disk go together. */
  readonly #arrivals: GroupCommit<Arrival, ArrivalOutcome>;

  constructor(options: SqliteHostsOptions) {
    this.#db = options.db;
    this.#incarnation = options.incarnation;
    this.#written = options.written;
    this.#arrivals = new GroupCommit({
      clock: options.clock,
      waitMs: 0,
      rowsMax: 200,
      rowsWaitingMax: 100_000,
      commit: (arrivals) => writeArrivals(options.db, arrivals),
    });
  }

  async list(): Promise<readonly HostRecord[]> {
    const rows = await hostsWithSession(this.#db).orderBy('hosts.name').execute();
    return rows.map(hostRecord);
  }

  async arrive(arrival: HostArrival, nowUs: bigint): Promise<ArrivalOutcome> {
    const outcome = await this.#arrivals.add({ arrival, nowUs }, 1);
    this.#written();
    return outcome;
  }

  async touch(seen: readonly Sighting[]): Promise<void> {
    await this.#db.transaction().execute((transaction) => writeSightings(transaction, seen));
  }

  async tables(): Promise<readonly HostTable[]> {
    const rows = await this.#db.selectFrom('host_tables').selectAll().execute();
    return rows.map((row) => ({
      hostId: row.host_id,
      life: row.life,
      version: row.version,
      asOfUs: row.as_of_us,
      statuses: row.statuses,
    }));
  }

  async keepTables(tables: readonly HostTable[]): Promise<void> {
    await this.#db.transaction().execute((transaction) => writeTables(transaction, tables));
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

  async filesOf(hash: string): Promise<readonly RevisionRef[] | undefined> {
    const row = await this.#db.selectFrom('desired_states').select('files').where('hash', '=', hash).executeTakeFirst();
    return row && revisionRefs(row.files);
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#arrivals[Symbol.asyncDispose]();
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
