import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkerDialect } from './dialect.ts';
import { createEventTable } from './event-day.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { temporaryFolder } from './test-support/temporary-store.ts';
import { WorkerClient } from './worker-client.ts';

let db: Kysely<unknown>;
let house: AsyncDisposableStack;
const databasePath = 'controller.db';
const schemaHead = `-- What the migrations add up to, for reading. migrate.test.ts compares; \`vitest -u\` writes it anew.
-- The tables of a day are made by event-day.ts, when the first event of that day comes.
`;

beforeEach(async () => {
  house = new AsyncDisposableStack();
  const folder = house.use(await temporaryFolder());
  const client = house.use(
    await WorkerClient.start({
      databasePath: `${folder.path}/controller.db`,
      lockPath: `${folder.path}/controller.lock`,
      workerUrl: new URL('./worker.ts', import.meta.url),
    }),
  );
  db = new Kysely({ dialect: new WorkerDialect(client) });
});

afterEach(() => house.disposeAsync());

/** Everything that was made, in the order of making, but for SQLite's and Kysely's own. */
async function schemaText(): Promise<string> {
  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_schema
    where sql is not null and name not like 'sqlite_%' and tbl_name not like 'kysely_%'
    order by rowid`.execute(db);
  return rows.map((row) => `${row.sql};\n`).join('\n');
}

describe('migrations', () => {
  it('build from zero what schema.sql says', async () => {
    await migrate(db, migrations, databasePath);
    for (const statement of createEventTable(20240115)) await sql.raw(statement).execute(db);
    const text = `${schemaHead}\n${(await schemaText()).replaceAll('20240115', 'YYYYMMDD')}`;
    await expect(text).toMatchFileSnapshot('./schema.sql');
  });

  it('make every table strict', async () => {
    await migrate(db, migrations, databasePath);
    const { rows } = await sql<{ name: string }>`
      select name from pragma_table_list
      where type = 'table' and strict = 0 and name not like 'sqlite_%' and name not like 'kysely_%'`.execute(db);
    expect(rows).toEqual([]);
  });

  it('do nothing where they have run', async () => {
    await migrate(db, migrations, databasePath);
    const before = await schemaText();
    await migrate(db, migrations, databasePath);
    expect(await schemaText()).toBe(before);
  });

  it('leave nothing behind when one fails half-way', async () => {
    const failing = {
      ...migrations,
      '0002-half': {
        up: async (half: Kysely<unknown>) => {
          await sql`create table half (a integer) strict`.execute(half);
          await sql`alter table hosts add column half text`.execute(half);
          await sql`insert into nowhere values (1)`.execute(half);
        },
      },
    };
    await expect(migrate(db, failing, databasePath)).rejects.toMatchObject({
      code: 'internal',
      facts: { migration: '0002-half' },
    });
    const { rows } = await sql`select name from sqlite_schema`.execute(db);
    expect(rows).toEqual([]);
    await migrate(db, migrations, databasePath);
    expect(await schemaText()).not.toContain('half');
  });

  it('refuse a database that a newer version has changed', async () => {
    const newer = { ...migrations, '0099-newer': { up: async () => undefined } };
    await migrate(db, newer, databasePath);
    await expect(migrate(db, migrations, databasePath)).rejects.toMatchObject({
      code: 'conflict',
      facts: { migrations: ['0099-newer'] },
    });
  });
});
