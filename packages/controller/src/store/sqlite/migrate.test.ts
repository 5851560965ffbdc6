import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkerDialect } from './dialect.ts';
import { createEventTable } from './event-day.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { threadAt } from './store-worker.ts';
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
      startWorker: threadAt(new URL('./worker.ts', import.meta.url)),
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
      '0099-half': {
        up: async (half: Kysely<unknown>) => {
          await sql`create table half (a integer) strict`.execute(half);
          await sql`alter table hosts add column half text`.execute(half);
          await sql`insert into nowhere values (1)`.execute(half);
        },
      },
    };
    await expect(migrate(db, failing, databasePath)).rejects.toMatchObject({
      code: 'internal',
      facts: { migration: '0099-half' },
    });
    const { rows } = await sql`select name from sqlite_schema`.execute(db);
    expect(rows).toEqual([]);
    await migrate(db, migrations, databasePath);
    expect(await schemaText()).not.toContain('half');
  });

  it('fill in what the first schema knew of rollouts and hosts', async () => {
    const { '0001-first-schema': first } = migrations;
    if (first === undefined) throw new Error('there is no first schema');
    await migrate(db, { '0001-first-schema': first }, databasePath);
    const revisions = (numbers: number[]) =>
      numbers.map((n) => `('a.conf', ${n}, ${n - 1}, '{}', x'', '', '', '', '', 0)`).join();
    const rollout = (id: string, state: string, n: number) =>
      `('${id}', '${state}', '', '', '', '[["a.conf","${n}"]]', 0, 0)`;
    const statements = [
      `insert into config_files values ('a.conf', 4, 2)`,
      `insert into config_revisions values ${revisions([1, 2, 3, 4])}`,
      `insert into rollouts values ${rollout('r1', 'failed', 1)}, ${rollout('r2', 'succeeded', 2)},
        ${rollout('r3', 'superseded', 3)}, ${rollout('r4', 'running', 4)}`,
      `insert into hosts values ('h1', 'web1', '[]', '{}', '', '', '', '', 0, 0)`,
      `insert into assignments values ('h1', 4, 'some hash', '[["a.conf","4"]]', 'r4')`,
    ];
    // In one transaction: the file and its newest revision refer to each other.
    await db.transaction().execute(async (transaction) => {
      for (const statement of statements) await sql.raw(statement).execute(transaction);
    });
    await migrate(db, migrations, databasePath);
    const rows = async (query: string) =>
      (await sql.raw<{ row: string }>(query).execute(db)).rows.map(({ row }) => row);
    expect(await rows(`select revision || ' ' || verdict as row from config_revisions order by revision`)).toEqual([
      '1 failed',
      '2 proven',
      '3 ',
      '4 ',
    ]);
    expect(await rows(`select hash || ' ' || files as row from desired_states`)).toEqual([
      'some hash [["a.conf","4"]]',
    ]);
    expect(await rows(`select distinct cast(host_timeout_ms as text) as row from rollouts`)).toEqual(['300000']);
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
