/** Opens the store in a folder: the worker, the lock, the migrations, the identity; and closes them in reverse. */
import path from 'node:path';
import { type Clock, FleetError, folderFailure, makeFolder, type Random } from '@fleetvisor/primitives';
import { Kysely, sql } from 'kysely';
import type { Store } from '../store.ts';
import { SqliteCommands } from './commands.ts';
import { SqliteConfigs } from './configs.ts';
import { WorkerDialect } from './dialect.ts';
import { SqliteEvents } from './events.ts';
import { SqliteHosts } from './hosts.ts';
import { Identity } from './identity.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { SqliteRollouts } from './rollouts.ts';
import type { Schema } from './schema.ts';
import { type StartStoreWorker, threadAt } from './store-worker.ts';
import { type WitnessFile, witnessFile } from './witness.ts';
import { WorkerClient } from './worker-client.ts';

export interface SqliteStoreOptions {
  /** Made when it is missing; holds controller.db, controller.lock and incarnation-witness. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  /** A thread of worker.ts here, or of store-worker.mjs beside the bundle, unless told otherwise. */
  readonly startWorker?: StartStoreWorker;
  /** The file `incarnation-witness` in the folder, unless told otherwise. */
  readonly witness?: WitnessFile;
  /** How long appended events are gathered before they are committed together. */
  readonly gatherMs?: number;
}

const gatherMs = 50;
const gatherRowsMax = 1_000;
const rowsWaitingMax = 500_000;

/**
 * @throws FleetError saying which file, what is wrong and what to do: the folder cannot be written, another controller
 * has it (`conflict`), the database is damaged, or a newer version has changed it.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { folder, clock, random, startWorker = threadAt(workerUrl()) } = options;
  makeDataFolder(folder);
  const databasePath = path.join(folder, 'controller.db');
  await using house = new AsyncDisposableStack();
  const client = house.use(
    await WorkerClient.start({ databasePath, lockPath: path.join(folder, 'controller.lock'), startWorker }),
  );
  const db = new Kysely<Schema>({ dialect: new WorkerDialect(client) });
  await migrate(db, migrations, databasePath);
  const { witness = witnessFile(path.join(folder, 'incarnation-witness')) } = options;
  const identity = house.use(await Identity.open({ db, witness, clock, random }));
  const { fleetId, incarnation, previousEnd, written } = identity;
  const events = house.use(
    new SqliteEvents({
      db,
      client,
      clock,
      written,
      waitMs: options.gatherMs ?? gatherMs,
      rowsMax: gatherRowsMax,
      rowsWaitingMax,
    }),
  );
  const hosts = house.use(new SqliteHosts({ clock, db, incarnation, written }));
  const rollouts = house.use(new SqliteRollouts({ clock, db, incarnation, written }));
  const commands = house.use(new SqliteCommands(clock, db));
  const setBack = Promise.withResolvers<FleetError>();
  const owned = house.move();
  return {
    fleetId,
    incarnation,
    previousEnd,
    hosts,
    configs: new SqliteConfigs(db),
    rollouts,
    events,
    commands,
    died: Promise.race([client.died, setBack.promise]),
    wasSetBack: (why) => {
      identity.setBack();
      setBack.resolve(new FleetError('stale', `${databasePath} was set back: ${why}; it begins another life`));
    },
    check: async () => {
      await sql`update store_identity set checks = checks + 1`.execute(db);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function workerUrl(): URL {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './store-worker.mjs';
  return new URL(file, import.meta.url);
}

function makeDataFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (cause) {
    const { reason, code } = folderFailure(cause);
    throw new FleetError(
      'unavailable',
      `cannot make the data folder ${folder}: ${reason} (${code}); make it writable for this user, or name another one with --data DIR`,
      { path: folder, code },
      { cause },
    );
  }
}
