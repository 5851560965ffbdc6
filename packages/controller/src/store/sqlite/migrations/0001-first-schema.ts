/** The first schema. Never edited once released: what comes later is a migration of its own. */
import { type Kysely, sql } from 'kysely';

const statements = [
  `create table store_identity (
  one integer primary key default 1 check (one = 1),
  fleet_id text not null,
  incarnation text not null,
  witness_count integer not null,
  checks integer not null default 0
) strict`,
  `create table hosts (
  host_id text primary key,
  name text not null unique,
  host_groups text not null,
  labels text not null,
  agent_version text not null,
  hostname text not null,
  os text not null,
  address text not null,
  first_seen_us integer not null,
  last_seen_us integer not null
) strict, without rowid`,
  // Not a part of hosts: it outlives a host that is forgotten.
  `create table host_counters (
  host_id text primary key,
  session integer not null default 0,
  generation integer not null default 0
) strict, without rowid`,
  `create table config_files (
  file text primary key,
  newest integer not null,
  stable integer not null default 0,
  foreign key (file, newest) references config_revisions (file, revision) deferrable initially deferred
) strict, without rowid`,
  `create table config_revisions (
  file text not null references config_files (file),
  revision integer not null,
  parent integer not null,
  selector text not null,
  content blob not null,
  digest text not null,
  meaning_digest text not null,
  author text not null,
  message text not null,
  created_at_us integer not null,
  primary key (file, revision),
  check (parent >= 0 and revision = parent + 1)
) strict`,
  `create table rollouts (
  rollout_id text primary key,
  state text not null,
  reason text not null,
  author text not null,
  message text not null,
  to_revisions text not null,
  started_at_us integer not null,
  ended_at_us integer not null
) strict, without rowid`,
  `create index rollouts_running on rollouts (started_at_us) where state = 'running'`,
  // No reference to hosts: the task of a host that was forgotten stays.
  `create table rollout_tasks (
  rollout_id text not null references rollouts (rollout_id),
  host_id text not null,
  state text not null,
  generation integer not null,
  message text not null,
  primary key (rollout_id, host_id)
) strict, without rowid`,
  `create table assignments (
  host_id text primary key references hosts (host_id) on delete cascade,
  generation integer not null,
  hash text not null,
  files text not null,
  rollout_id text not null
) strict, without rowid`,
  `create table commands (
  command_id text primary key,
  actor text not null,
  reason text not null,
  verb text not null,
  action blob not null,
  given_at_us integer not null
) strict, without rowid`,
  `create table host_commands (
  command_id text not null references commands (command_id),
  host_id text not null,
  outcome text not null,
  result blob not null,
  ended_at_us integer not null,
  primary key (command_id, host_id)
) strict, without rowid`,
  `create index host_commands_unsettled on host_commands (host_id) where outcome in ('', 'unknown-outcome')`,
  `create table event_counter (
  one integer primary key default 1 check (one = 1),
  newest_position integer not null
) strict`,
  'insert into event_counter (newest_position) values (0)',
  `create table event_sources (
  source integer primary key,
  host_id text not null,
  epoch text not null,
  acked_seq integer not null default 0,
  in_order integer not null default 1,
  unique (host_id, epoch)
) strict`,
  `create table event_gaps (
  source integer not null references event_sources (source),
  first_seq integer not null,
  last_seq integer not null,
  primary key (source, first_seq),
  check (first_seq <= last_seq)
) strict, without rowid`,
  'create table event_days (day integer primary key) strict',
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
