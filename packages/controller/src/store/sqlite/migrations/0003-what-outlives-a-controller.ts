/**
 * What the next life of the controller needs of the one before: the processes of each host as last told, whether that life
 * ended in order, up to which position the history was dropped. And commands by host, to be looked up.
 */
import { type Kysely, sql } from 'kysely';

const statements = [
  `create table host_tables (
  host_id text primary key references hosts (host_id) on delete cascade,
  life text not null,
  version integer not null,
  as_of_us integer not null,
  statuses blob not null
) strict`,
  'alter table store_identity add column is_open integer not null default 0',
  'alter table event_counter add column dropped_position integer not null default 0',
  'create index host_commands_by_host on host_commands (host_id, command_id)',
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
