/** Commands looked up by people: which there were, and what became of them in numbers. */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { CommandQuery, CommandSummary } from '../commands.ts';
import type { Schema } from './schema.ts';

type CommandRow = Selectable<Schema['commands']>;

/** Ids are UUIDv7: their order is that of giving. */
export async function commandsNewestFirst(
  db: Kysely<Schema>,
  { hostIds, before, sinceUs, isOpen, limit }: CommandQuery,
): Promise<readonly CommandSummary[]> {
  let query = db.selectFrom('commands').selectAll().where('given_at_us', '>=', sinceUs);
  if (before !== '') query = query.where('command_id', '<', before);
  if (isOpen) {
    query = query.where(
      sql<boolean>`command_id in (select command_id from host_commands where outcome in ('', 'unknown-outcome'))`,
    );
  }
  if (hostIds !== undefined) {
    query = query.where(
      sql<boolean>`command_id in (
        select command_id from host_commands where host_id in (select value from json_each(${JSON.stringify(hostIds)}))
      )`,
    );
  }
  return summaries(db, await query.orderBy('command_id', 'desc').limit(limit).execute());
}

export async function commandsBeginningWith(
  db: Kysely<Schema>,
  prefix: string,
  limit: number,
): Promise<readonly CommandSummary[]> {
  const rows = await db
    .selectFrom('commands')
    .selectAll()
    .where('command_id', '>=', prefix)
    // Behind every text that begins so: ids are ASCII.
    .where('command_id', '<', `${prefix}\u007f`)
    .orderBy('command_id')
    .limit(limit)
    .execute();
  return summaries(db, rows);
}

async function summaries(db: Kysely<Schema>, rows: readonly CommandRow[]): Promise<readonly CommandSummary[]> {
  const ids = JSON.stringify(rows.map((row) => row.command_id));
  const { rows: counts } = await sql<{ command_id: string; outcome: string; hosts: bigint }>`
    select command_id, outcome, count(*) as hosts from host_commands
    where command_id in (select value from json_each(${ids}))
    group by command_id, outcome order by command_id, outcome`.execute(db);
  const byCommand = Map.groupBy(counts, (count) => count.command_id);
  return rows.map((row) => summary(row, byCommand.get(row.command_id) ?? []));
}

function summary(row: CommandRow, counts: readonly { outcome: string; hosts: bigint }[]): CommandSummary {
  const outcomes = new Map(counts.map(({ outcome, hosts }) => [outcome, Number(hosts)]));
  const underWayCount = outcomes.get('') ?? 0;
  outcomes.delete('');
  return {
    commandId: row.command_id,
    actor: row.actor,
    reason: row.reason,
    verb: row.verb,
    action: row.action,
    givenAtUs: row.given_at_us,
    hostCount: counts.reduce((sum, { hosts }) => sum + Number(hosts), 0),
    underWayCount,
    outcomes,
  };
}
