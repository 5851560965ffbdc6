import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { event, noonUs, source } from '../contract/samples.ts';
import { WorkerDialect } from './dialect.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { packAppend } from './packed-append.ts';
import type { Schema } from './schema.ts';
import { threadAt } from './store-worker.ts';
import { temporaryFolder } from './test-support/temporary-store.ts';
import { WorkerClient } from './worker-client.ts';

let house: AsyncDisposableStack;
let client: WorkerClient;
let db: Kysely<Schema>;

beforeEach(async () => {
  house = new AsyncDisposableStack();
  const folder = house.use(await temporaryFolder());
  const databasePath = `${folder.path}/controller.db`;
  client = house.use(
    await WorkerClient.start({
      databasePath,
      lockPath: `${folder.path}/controller.lock`,
      startWorker: threadAt(new URL('./worker.ts', import.meta.url)),
    }),
  );
  db = new Kysely<Schema>({ dialect: new WorkerDialect(client) });
  await migrate(db, migrations, databasePath);
});

afterEach(() => house.disposeAsync());

const ingest = (seq: number) =>
  client.call({ kind: 'ingest', appends: [packAppend(source('web1'), [event(seq)], noonUs)] });

describe('the worker', () => {
  it('keeps events out of a transaction that is open, and stores them when it has ended', async () => {
    let stored: ReturnType<typeof ingest> | undefined;
    const failed = db.transaction().execute(async (transaction) => {
      await transaction.updateTable('event_sources').set({ acked_seq: 9n }).execute();
      stored = ingest(1);
      await transaction.selectFrom('event_sources').selectAll().execute();
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await stored).toMatchObject([{ ackedSeq: 1n, fresh: [0] }]);
    expect(await db.selectFrom('event_sources').select('acked_seq').execute()).toEqual([{ acked_seq: 1n }]);
  });

  it('says that the disk is full, loses nothing that was stored, and goes on when there is room', async () => {
    await ingest(1);
    const { rows } = await sql<{ page_count: bigint }>`pragma page_count`.execute(db);
    await sql.raw(`pragma max_page_count = ${rows[0]?.page_count}`).execute(db);
    const large = new Uint8Array(500_000);
    const appends = [packAppend(source('web1'), [event(2, { body: large })], noonUs)];
    await expect(client.call({ kind: 'ingest', appends })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('disk is full'),
    });
    const written = db
      .transaction()
      .execute((transaction) =>
        transaction
          .insertInto('commands')
          .values({ command_id: 'c', actor: '', reason: '', verb: '', action: large, given_at_us: 0n })
          .execute(),
      );
    await expect(written).rejects.toMatchObject({ code: 'unavailable', facts: { sqlite: 'SQLITE_FULL' } });
    await sql`pragma max_page_count = 1000000`.execute(db);
    expect(await client.call({ kind: 'ingest', appends })).toMatchObject([{ ackedSeq: 2n, firstPosition: 2n }]);
  });

  it('undoes a day that was made by a commit that failed', async () => {
    await sql`create trigger full before update on event_counter begin select raise(abort, 'full'); end`.execute(db);
    await expect(ingest(1)).rejects.toMatchObject({ facts: { sqlite: 'SQLITE_CONSTRAINT_TRIGGER' } });
    await sql`drop trigger full`.execute(db);
    expect(await ingest(1)).toMatchObject([{ ackedSeq: 1n, firstPosition: 1n }]);
  });

  it('answers out of an open transaction in the order of asking', async () => {
    const order: number[] = [];
    const nth = (n: number) => db.transaction().execute(async () => void order.push(n));
    await Promise.all([nth(1), nth(2), nth(3)]);
    expect(order).toEqual([1, 2, 3]);
  });
});

describe('a worker that dies', () => {
  it('fails what is under way and what follows, and tells its owner', async () => {
    await using folder = await temporaryFolder();
    const client = await WorkerClient.start({
      databasePath: `${folder.path}/controller.db`,
      lockPath: `${folder.path}/controller.lock`,
      startWorker: threadAt(new URL('./test-support/mortal-worker.ts', import.meta.url)),
    });
    const query = () => client.call({ kind: 'query', sql: 'select 1', parameters: [] });
    await expect(query()).rejects.toMatchObject({ code: 'internal' });
    await expect(query()).rejects.toMatchObject({ message: expect.stringContaining('has died') });
    expect(await client.died).toMatchObject({ message: expect.stringContaining('ended with code 7') });
    await client[Symbol.asyncDispose]();
  });

  it('fails what is asked, and says what to do', async () => {
    await using broken = await temporaryFolder();
    const paths = {
      databasePath: `${broken.path}/controller.db`,
      lockPath: `${broken.path}/controller.lock`,
      startWorker: threadAt(new URL('./no-such-worker.ts', import.meta.url)),
    };
    await expect(WorkerClient.start(paths)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('restart the controller'),
    });
  });
});
