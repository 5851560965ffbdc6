/**
 * Brings agent.db to the present schema: numbered steps, each in a transaction of its own, never edited once released. A
 * database that is ahead of this version is gone on with where its newer steps allow that: without it a version that fails
 * could not be followed by the one before it.
 */
import type { DatabaseSync } from 'node:sqlite';
import { FleetError } from '@fleetvisor/primitives';

export interface Migration {
  /** From 1, without a gap. */
  readonly number: number;
  /**
   * The schema from which on an agent goes on with a database after this step, without knowing the step: it reads right what it
   * knows, and what it writes is right for whoever does know. The step's own number where no older agent can.
   */
  readonly readableSince: number;
  readonly sql: string;
}

/**
 * @param path of the database, for messages.
 * @throws FleetError `conflict` when the database was written by a newer agent, in a way that this one would misread.
 */
export function migrate(sql: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  const present = schemaNumber(sql);
  const newest = migrations.at(-1)?.number ?? 0;
  if (present > newest) refuseUnlessReadable(sql, path, { present, newest });
  for (const migration of migrations) if (migration.number > present) apply(sql, migration);
}

/** Of the newest migration that was applied. */
function schemaNumber(sql: DatabaseSync): number {
  const row = sql.prepare('PRAGMA user_version').get();
  return Number(row?.user_version ?? 0);
}

function refuseUnlessReadable(sql: DatabaseSync, path: string, facts: { present: number; newest: number }): void {
  const { present, newest } = facts;
  const since = readableSince(sql) ?? present;
  if (since <= newest) return;
  throw new FleetError(
    'conflict',
    `cannot open ${path}: a newer fleet-agent wrote it (schema ${present}, which can be read from ${since} on; this one ` +
      `knows ${newest}); run that version, or a newer one`,
    { path, present, newest, since },
  );
}

/** Undefined where nothing is said of the present schema: only migrations from before there was this table have made it. */
function readableSince(sql: DatabaseSync): number | undefined {
  const isThere = sql.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_readable'").get();
  if (isThere === undefined) return undefined;
  const row = sql.prepare('SELECT schema, since FROM schema_readable').get();
  return row?.schema === schemaNumber(sql) ? Number(row.since) : undefined;
}

/** Kept in the database: an agent that does not know a step cannot know what that allows. */
const READABLE_TABLE = `
  CREATE TABLE IF NOT EXISTS schema_readable (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    -- What the next line is said of.
    schema INTEGER NOT NULL,
    -- The schema that an agent must know at least to go on with this database: the greatest that any step asks for.
    since INTEGER NOT NULL
  ) STRICT`;

function apply(sql: DatabaseSync, migration: Migration): void {
  sql.exec('BEGIN IMMEDIATE');
  try {
    sql.exec(READABLE_TABLE);
    sql.exec(migration.sql);
    sql
      .prepare(
        'INSERT INTO schema_readable (only_row, schema, since) VALUES (1, ?1, ?2) ' +
          'ON CONFLICT (only_row) DO UPDATE SET schema = ?1, since = max(since, ?2)',
      )
      .run(migration.number, migration.readableSince);
    sql.exec(`PRAGMA user_version = ${migration.number}`);
    sql.exec('COMMIT');
  } catch (error) {
    if (sql.isTransaction) sql.exec('ROLLBACK');
    throw error;
  }
}
