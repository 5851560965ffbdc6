/** Commands and what came of them on each host, on SQLite. */
import { type Clock, FleetError } from '@fleetvisor/primitives';
import type { Kysely, Selectable } from 'kysely';
import type { CommandQuery, CommandRecord, CommandStore, CommandSummary, HostCommandRecord } from '../commands.ts';
import { chunksOf } from './chunks.ts';
import { commandsBeginningWith, commandsNewestFirst } from './command-summaries.ts';
import { GroupCommit } from './group-commit.ts';
import type { Schema } from './schema.ts';
import { isConstraint } from './sqlite-failure.ts';

export class SqliteCommands implements CommandStore, AsyncDisposable {
  readonly #db: Kysely<Schema>;
  /** Thousands of hosts answer one command at about one time: those that wait for the disk go together. */
  readonly #results: GroupCommit<readonly HostCommandRecord[], undefined>;

  constructor(clock: Clock, db: Kysely<Schema>) {
    this.#db = db;
    this.#results = new GroupCommit({
      clock,
      waitMs: 0,
      rowsMax: 500,
      rowsWaitingMax: 100_000,
      commit: (settled) => writeResults(db, settled),
    });
  }

  /** @throws FleetError `conflict` when the id was given before. */
  async give(command: CommandRecord, hostIds: readonly string[]): Promise<void> {
    const { commandId } = command;
    const pending = hostIds.map((hostId) =>
      hostCommandRow({ commandId, hostId, outcome: '', result: new Uint8Array(), endedAtUs: 0n }),
    );
    try {
      await this.#db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('commands')
          .values({
            command_id: commandId,
            actor: command.actor,
            reason: command.reason,
            verb: command.verb,
            action: command.action,
            given_at_us: command.givenAtUs,
          })
          .execute();
        for (const rows of chunksOf(pending)) await transaction.insertInto('host_commands').values(rows).execute();
      });
    } catch (error) {
      if (!isConstraint(error, 'PRIMARYKEY')) throw error;
      throw new FleetError('conflict', `command ${commandId} was given already`, { commandId }, { cause: error });
    }
  }

  /** @throws FleetError `not_found` when one of the commands was never given; then none is settled. */
  async settle(records: readonly HostCommandRecord[]): Promise<void> {
    try {
      await this.#results.add(records, records.length);
    } catch (error) {
      if (!isConstraint(error, 'FOREIGNKEY')) throw error;
      const commandIds = [...new Set(records.map((record) => record.commandId))];
      throw new FleetError(
        'not_found',
        `cannot keep results of a command that was never given (one of ${commandIds.join(', ')})`,
        { commandIds },
        { cause: error },
      );
    }
  }

  async unsettled(hostId: string): Promise<readonly HostCommandRecord[]> {
    const rows = await this.#db
      .selectFrom('host_commands')
      .innerJoin('commands', 'commands.command_id', 'host_commands.command_id')
      .selectAll('host_commands')
      .where('host_id', '=', hostId)
      .where('outcome', 'in', ['', 'unknown-outcome'])
      .orderBy('commands.given_at_us')
      .orderBy('commands.command_id')
      .execute();
    return rows.map(hostCommandRecord);
  }

  async results(commandId: string): Promise<readonly HostCommandRecord[]> {
    const rows = await this.#db
      .selectFrom('host_commands')
      .selectAll()
      .where('command_id', '=', commandId)
      .orderBy('host_id')
      .execute();
    return rows.map(hostCommandRecord);
  }

  list(query: CommandQuery): Promise<readonly CommandSummary[]> {
    return commandsNewestFirst(this.#db, query);
  }

  beginningWith(prefix: string, limit: number): Promise<readonly CommandSummary[]> {
    return commandsBeginningWith(this.#db, prefix, limit);
  }

  async interrupted(): Promise<number> {
    const { numUpdatedRows } = await this.#db
      .updateTable('host_commands')
      .set({ outcome: 'unknown-outcome' })
      .where('outcome', '=', '')
      // What lets SQLite use the index of the unsettled.
      .where('outcome', 'in', ['', 'unknown-outcome'])
      .executeTakeFirst();
    return Number(numUpdatedRows);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#results[Symbol.asyncDispose]();
  }
}

/** In the order in which they came, in one transaction: what is said later of the same host counts. */
async function writeResults(
  db: Kysely<Schema>,
  settled: readonly (readonly HostCommandRecord[])[],
): Promise<readonly undefined[]> {
  await db.transaction().execute(async (transaction) => {
    for (const rows of chunksOf(settled.flat().map(hostCommandRow))) {
      await transaction
        .insertInto('host_commands')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['command_id', 'host_id']).doUpdateSet((eb) => ({
            outcome: eb.ref('excluded.outcome'),
            result: eb.ref('excluded.result'),
            ended_at_us: eb.ref('excluded.ended_at_us'),
          })),
        )
        .execute();
    }
  });
  return settled.map(() => undefined);
}

function hostCommandRow(record: HostCommandRecord): Selectable<Schema['host_commands']> {
  return {
    command_id: record.commandId,
    host_id: record.hostId,
    outcome: record.outcome,
    result: record.result,
    ended_at_us: record.endedAtUs,
  };
}

function hostCommandRecord(row: Selectable<Schema['host_commands']>): HostCommandRecord {
  return {
    commandId: row.command_id,
    hostId: row.host_id,
    outcome: row.outcome,
    result: row.result,
    endedAtUs: row.ended_at_us,
  };
}
