/** Brings the database to this version's schema: all pending migrations in one transaction, or none. */
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

/**
 * @throws FleetError when the database was written by a newer version, or a migration fails; then nothing is changed.
 */
export async function migrate<DB>(
  db: Kysely<DB>,
  migrations: Readonly<Record<string, Migration>>,
  databasePath: string,
): Promise<void> {
  const unknown = (await executedMigrations(db)).filter((name) => !(name in migrations));
  if (unknown.length > 0) {
    throw new FleetError(
      'conflict',
      `cannot use ${databasePath}: a newer fleet-controller has changed it (${unknown.join(', ')}); ` +
        'start that version, or restore a backup made before the upgrade',
      { path: databasePath, migrations: unknown },
    );
  }
  // Within a transaction of ours, what the migrator keeps for itself rolls back as well.
  await db.transaction().execute(async (transaction) => {
    const migrator = new Migrator({
      db: transaction,
      provider: { getMigrations: async () => ({ ...migrations }) },
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error === undefined) return;
    if (error instanceof FleetError && error.code === 'unavailable') throw error; // the disk: it says what to do
    const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'the first';
    throw new FleetError(
      'internal',
      `cannot bring ${databasePath} up to this version: migration ${failed} failed (${messageOf(error)}); ` +
        'nothing was changed: start the previous version and report this',
      { path: databasePath, migration: failed },
      { cause: error },
    );
  });
}

async function executedMigrations<DB>(db: Kysely<DB>): Promise<string[]> {
  const tables = await sql<{ name: string }>`select name from sqlite_schema where name = 'kysely_migration'`.execute(
    db,
  );
  if (tables.rows.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map((row) => row.name);
}
