/** Brings agent.db to the present schema: numbered steps, each in a transaction of its own, never edited once released. */
import type { DatabaseSync } from 'node:sqlite';
import { FleetError } from '@fleetvisor/primitives';

export interface Migration {
  /** From 1, without a gap. */
  readonly number: number;
  readonly sql: string;
}

/**
 * @param path of the database, for messages.
 * @throws FleetError `conflict` when the database was written by a newer agent.
 */
export function migrate(sql: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  const present = schemaNumber(sql);
  const newest = migrations.at(-1)?.number ?? 0;
  if (present > newest) {
    throw new FleetError(
      'conflict',
      `cannot open ${path}: a newer fleet-agent wrote it (schema ${present}, this one knows ${newest}); ` +
        'run that version, or a newer one',
      { path, present, newest },
    );
  }
  for (const migration of migrations) if (migration.number > present) apply(sql, migration);
}

/** Of the newest migration that was applied. */
export function schemaNumber(sql: DatabaseSync): number {
  const row = sql.prepare('PRAGMA user_version').get();
  return Number(row?.user_version ?? 0);
}

function apply(sql: DatabaseSync, migration: Migration): void {
  sql.exec('BEGIN IMMEDIATE');
  try {
    sql.exec(migration.sql);
    sql.exec(`PRAGMA user_version = ${migration.number}`);
    sql.exec('COMMIT');
  } catch (error) {
    sql.exec('ROLLBACK');
    throw error;
  }
}
