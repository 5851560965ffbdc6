/** Rollouts and their host tasks on SQLite. A push is one transaction: revision, rollout, tasks and new generations. */
import { type Clock, FleetError } from '@fleetvisor/primitives';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { RevisionRef } from '../../fleet/generation.ts';
import type { RevisionRecord } from '../configs.ts';
import type {
  HostTaskRecord,
  RolloutRecord,
  RolloutStart,
  RolloutStartOutcome,
  RolloutState,
  RolloutStore,
} from '../rollouts.ts';
import { assignAll, unknownHosts } from './assign.ts';
import { chunksOf } from './chunks.ts';
import { GroupCommit } from './group-commit.ts';
import { revisionRefs, revisionRefsColumn } from './json-columns.ts';
import { firstTaskRow, taskRecord, writeTasks } from './rollout-tasks.ts';
import type { Schema } from './schema.ts';
import { isConstraint } from './sqlite-failure.ts';

type RolloutWithTasks = { rollout: RolloutRecord; tasks: readonly HostTaskRecord[] };

export interface SqliteRolloutsOptions {
  readonly clock: Clock;
  readonly db: Kysely<Schema>;
  readonly incarnation: string;
  /** Called after each transaction whose loss the agents would notice. */
  readonly written: () => void;
}

export class SqliteRollouts implements RolloutStore, AsyncDisposable {
  readonly #db: Kysely<Schema>;
  readonly #incarnation: string;
  readonly #written: () => void;
  /** Every host of a rollout goes through several states, thousands at once: those that wait for the disk go together. */
  readonly #tasks: GroupCommit<HostTaskRecord, undefined>;

  constructor(options: SqliteRolloutsOptions) {
    this.#db = options.db;
    this.#incarnation = options.incarnation;
    this.#written = options.written;
    this.#tasks = new GroupCommit({
      clock: options.clock,
      waitMs: 0,
      rowsMax: 500,
      rowsWaitingMax: 100_000,
      commit: (tasks) => writeTasks(options.db, tasks),
    });
  }

  async start(start: RolloutStart): Promise<RolloutStartOutcome> {
    const outcome = await this.#db.transaction().execute(async (transaction): Promise<RolloutStartOutcome> => {
      const newest = await newestRevision(transaction, start.revision.file);
      if (newest !== start.revision.parent) return { kind: 'conflict', newest };
      await refuseForgotten(transaction, start.targets);
      const revision = await addRevision(transaction, start.revision);
      await addRollout(transaction, start, revision);
      const assignments = await assignAll(transaction, start.targets, start.rolloutId, this.#incarnation);
      for (const chunk of chunksOf(assignments)) {
        await transaction.insertInto('rollout_tasks').values(chunk.map(firstTaskRow)).execute();
      }
      return { kind: 'started', revision, assignments };
    });
    this.#written();
    return outcome;
  }

  async setTask(task: HostTaskRecord): Promise<void> {
    try {
      await this.#tasks.add(task, 1);
    } catch (error) {
      throw isConstraint(error, 'FOREIGNKEY') ? noSuchRollout(task.rolloutId, error) : error;
    }
  }

  async end(
    rolloutId: string,
    state: RolloutState,
    reason: string,
    endedAtUs: bigint,
    stable: readonly RevisionRef[],
  ): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('rollouts')
        .set({ state, reason, ended_at_us: endedAtUs })
        .where('rollout_id', '=', rolloutId)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw noSuchRollout(rolloutId);
      if (state === 'failed') await judge(transaction, await broughtBy(transaction, rolloutId), 'failed');
      await judge(transaction, stable, 'proven');
      for (const { file, revision } of stable) {
        await transaction.updateTable('config_files').set({ stable: revision }).where('file', '=', file).execute();
      }
    });
  }

  async find(rolloutId: string): Promise<RolloutWithTasks | undefined> {
    const row = await this.#db
      .selectFrom('rollouts')
      .selectAll()
      .where('rollout_id', '=', rolloutId)
      .executeTakeFirst();
    return row === undefined ? undefined : this.#withTasks(row);
  }

  async running(): Promise<readonly RolloutWithTasks[]> {
    const rows = await this.#db
      .selectFrom('rollouts')
      .selectAll()
      .where('state', '=', 'running')
      .orderBy('started_at_us')
      .orderBy('rollout_id')
      .execute();
    const found: RolloutWithTasks[] = [];
    for (const row of rows) found.push(await this.#withTasks(row));
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tasks[Symbol.asyncDispose]();
  }

  async #withTasks(row: Selectable<Schema['rollouts']>): Promise<RolloutWithTasks> {
    const tasks = await this.#db
      .selectFrom('rollout_tasks')
      .selectAll()
      .where('rollout_id', '=', row.rollout_id)
      .orderBy('host_id')
      .execute();
    return { rollout: rolloutRecord(row), tasks: tasks.map(taskRecord) };
  }
}

/** Whoever planned the rollout saw hosts that are gone. */
async function refuseForgotten(transaction: Transaction<Schema>, targets: RolloutStart['targets']): Promise<void> {
  const hostIds = targets.map(({ hostId }) => hostId);
  const forgotten = await unknownHosts(transaction, hostIds);
  if (forgotten.length === 0) return;
  const message = `cannot start the rollout: ${forgotten.join(', ')} forgotten in the meantime; push again`;
  throw new FleetError('stale', message, { hostIds: forgotten });
}

async function newestRevision(transaction: Transaction<Schema>, file: string): Promise<bigint> {
  const row = await transaction.selectFrom('config_files').select('newest').where('file', '=', file).executeTakeFirst();
  return row?.newest ?? 0n;
}

async function addRevision(
  transaction: Transaction<Schema>,
  revision: RolloutStart['revision'],
): Promise<RevisionRecord> {
  const number = revision.parent + 1n;
  await transaction
    .insertInto('config_files')
    .values({ file: revision.file, newest: number })
    .onConflict((conflict) => conflict.column('file').doUpdateSet({ newest: number }))
    .execute();
  await transaction
    .insertInto('config_revisions')
    .values({
      file: revision.file,
      revision: number,
      parent: revision.parent,
      selector: JSON.stringify(revision.selector),
      content: revision.content,
      digest: revision.digest,
      meaning_digest: revision.meaningDigest,
      author: revision.author,
      message: revision.message,
      created_at_us: revision.createdAtUs,
    })
    .execute();
  return { ...revision, revision: number };
}

async function broughtBy(transaction: Transaction<Schema>, rolloutId: string): Promise<readonly RevisionRef[]> {
  const { to_revisions } = await transaction
    .selectFrom('rollouts')
    .select('to_revisions')
    .where('rollout_id', '=', rolloutId)
    .executeTakeFirstOrThrow();
  return revisionRefs(to_revisions);
}

async function judge(
  transaction: Transaction<Schema>,
  refs: readonly RevisionRef[],
  verdict: 'proven' | 'failed',
): Promise<void> {
  for (const { file, revision } of refs) {
    await transaction
      .updateTable('config_revisions')
      .set({ verdict })
      .where('file', '=', file)
      .where('revision', '=', revision)
      .execute();
  }
}

async function addRollout(
  transaction: Transaction<Schema>,
  start: RolloutStart,
  { file, revision }: RevisionRecord,
): Promise<void> {
  await transaction
    .insertInto('rollouts')
    .values({
      rollout_id: start.rolloutId,
      state: 'running',
      reason: '',
      author: start.author,
      message: start.message,
      to_revisions: revisionRefsColumn([{ file, revision }]),
      host_timeout_ms: BigInt(start.hostTimeoutMs),
      started_at_us: start.startedAtUs,
      ended_at_us: 0n,
    })
    .execute();
}

function noSuchRollout(rolloutId: string, cause?: unknown): FleetError {
  return new FleetError('not_found', `there is no rollout ${rolloutId}`, { rolloutId }, { cause });
}

function rolloutRecord(row: Selectable<Schema['rollouts']>): RolloutRecord {
  return {
    rolloutId: row.rollout_id,
    state: row.state as RolloutState, // only `start` and `end` write it
    reason: row.reason,
    author: row.author,
    message: row.message,
    to: revisionRefs(row.to_revisions),
    hostTimeoutMs: Number(row.host_timeout_ms),
    startedAtUs: row.started_at_us,
    endedAtUs: row.ended_at_us,
  };
}
