/**
 * What became of a revision's own rollout, the files of every desired state by its hash, and how long a rollout waits
 * for a host. What can be known of the time before is filled in.
 */
import { type Kysely, sql } from 'kysely';

const statements = [
  'alter table rollouts add column host_timeout_ms integer not null default 300000',
  "alter table config_revisions add column verdict text not null default ''",
  `update config_revisions set verdict = 'failed'
  where exists (
    select 1 from rollouts, json_each(rollouts.to_revisions) as brought
    where rollouts.state = 'failed'
      and json_extract(brought.value, '$[0]') = config_revisions.file
      and cast(json_extract(brought.value, '$[1]') as integer) = config_revisions.revision
  )`,
  `update config_revisions set verdict = 'proven'
  where exists (
    select 1 from rollouts, json_each(rollouts.to_revisions) as brought
    where rollouts.state in ('succeeded', 'succeeded-with-deferred')
      and json_extract(brought.value, '$[0]') = config_revisions.file
      and cast(json_extract(brought.value, '$[1]') as integer) = config_revisions.revision
  )`,
  // For reading without the contents, which lie before the verdict in each row.
  `create index config_revisions_judged on config_revisions (file, revision, verdict) where verdict <> ''`,
  // By hash, not by host: a thousand hosts that were given the same have one row.
  `create table desired_states (
  hash text primary key,
  files text not null
) strict, without rowid`,
  'insert or ignore into desired_states (hash, files) select hash, files from assignments',
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
