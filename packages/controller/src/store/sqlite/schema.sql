-- What the migrations add up to, for reading. migrate.test.ts compares; `vitest -u` writes it anew.
-- The tables of a day are made by event-day.ts, when the first event of that day comes.

CREATE TABLE store_identity (
  one integer primary key default 1 check (one = 1),
  fleet_id text not null,
  incarnation text not null,
  witness_count integer not null,
  checks integer not null default 0
, is_open integer not null default 0) strict;

CREATE TABLE hosts (
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
) strict, without rowid;

CREATE TABLE host_counters (
  host_id text primary key,
  session integer not null default 0,
  generation integer not null default 0
) strict, without rowid;

CREATE TABLE config_files (
  file text primary key,
  newest integer not null,
  stable integer not null default 0,
  foreign key (file, newest) references config_revisions (file, revision) deferrable initially deferred
) strict, without rowid;

CREATE TABLE config_revisions (
  file text not null references config_files (file),
  revision integer not null,
  parent integer not null,
  selector text not null,
  content blob not null,
  digest text not null,
  meaning_digest text not null,
  author text not null,
  message text not null,
  created_at_us integer not null, verdict text not null default '',
  primary key (file, revision),
  check (parent >= 0 and revision = parent + 1)
) strict;

CREATE TABLE rollouts (
  rollout_id text primary key,
  state text not null,
  reason text not null,
  author text not null,
  message text not null,
  to_revisions text not null,
  started_at_us integer not null,
  ended_at_us integer not null
, host_timeout_ms integer not null default 300000) strict, without rowid;

CREATE INDEX rollouts_running on rollouts (started_at_us) where state = 'running';

CREATE TABLE rollout_tasks (
  rollout_id text not null references rollouts (rollout_id),
  host_id text not null,
  state text not null,
  generation integer not null,
  message text not null,
  primary key (rollout_id, host_id)
) strict, without rowid;

CREATE TABLE assignments (
  host_id text primary key references hosts (host_id) on delete cascade,
  generation integer not null,
  hash text not null,
  files text not null,
  rollout_id text not null
) strict, without rowid;

CREATE TABLE commands (
  command_id text primary key,
  actor text not null,
  reason text not null,
  verb text not null,
  action blob not null,
  given_at_us integer not null
) strict, without rowid;

CREATE TABLE host_commands (
  command_id text not null references commands (command_id),
  host_id text not null,
  outcome text not null,
  result blob not null,
  ended_at_us integer not null,
  primary key (command_id, host_id)
) strict, without rowid;

CREATE INDEX host_commands_unsettled on host_commands (host_id) where outcome in ('', 'unknown-outcome');

CREATE TABLE event_counter (
  one integer primary key default 1 check (one = 1),
  newest_position integer not null
, dropped_position integer not null default 0) strict;

CREATE TABLE event_sources (
  source integer primary key,
  host_id text not null,
  epoch text not null,
  acked_seq integer not null default 0,
  in_order integer not null default 1,
  unique (host_id, epoch)
) strict;

CREATE TABLE event_gaps (
  source integer not null references event_sources (source),
  first_seq integer not null,
  last_seq integer not null,
  primary key (source, first_seq),
  check (first_seq <= last_seq)
) strict, without rowid;

CREATE TABLE event_days (day integer primary key) strict;

CREATE INDEX config_revisions_judged on config_revisions (file, revision, verdict) where verdict <> '';

CREATE TABLE desired_states (
  hash text primary key,
  files text not null
) strict, without rowid;

CREATE TABLE host_tables (
  host_id text primary key references hosts (host_id) on delete cascade,
  life text not null,
  version integer not null,
  as_of_us integer not null,
  statuses blob not null
) strict;

CREATE INDEX host_commands_by_host on host_commands (host_id, command_id);

CREATE TABLE events_YYYYMMDD (
  position integer primary key,
  source integer not null references event_sources (source),
  seq integer not null,
  at_us integer not null,
  received_at_us integer not null,
  host text not null,
  kind text not null,
  process_group text not null,
  process text not null,
  body blob not null,
  unique (source, seq)
) strict;

CREATE INDEX events_YYYYMMDD_by_kind on events_YYYYMMDD (kind) where kind <> 'transition';
