/** The first schema of agent.db. */
import type { Migration } from '../migrate.ts';

export const first: Migration = {
  number: 1,
  readableSince: 1,
  sql: `
    -- Who this host is: made once.
    CREATE TABLE identity (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      host_id TEXT NOT NULL
    ) STRICT;

    -- Where the numbering of events stands. The next number is not here: it is one more than the newest row of spool,
    -- which is therefore never trimmed. That spares every append a second page.
    CREATE TABLE numbering (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      epoch TEXT NOT NULL,
      -- On the controller's disk.
      acked_seq INTEGER NOT NULL,
      -- May have been sent: a row up to here never changes any more.
      handed_out_seq INTEGER NOT NULL
    ) STRICT;

    -- A row stands for first_seq..seq: for itself alone, or as a tombstone for all of them. Together the rows leave no
    -- number out.
    CREATE TABLE spool (
      seq INTEGER PRIMARY KEY,
      first_seq INTEGER NOT NULL CHECK (first_seq <= seq),
      at_us INTEGER NOT NULL,
      importance INTEGER NOT NULL,
      -- An encoded EventBody.
      body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX spool_by_importance ON spool (importance, seq);

    -- The fleet and the store that the agent last spoke with.
    CREATE TABLE fleet (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      fleet_id TEXT NOT NULL,
      incarnation TEXT NOT NULL
    ) STRICT;

    -- The files of a desired state, by the hash that names them.
    CREATE TABLE file_sets (hash TEXT PRIMARY KEY) STRICT;
    CREATE TABLE file_set_files (
      hash TEXT NOT NULL REFERENCES file_sets (hash) ON DELETE CASCADE,
      name TEXT NOT NULL,
      revision INTEGER NOT NULL,
      content BLOB NOT NULL,
      PRIMARY KEY (hash, name)
    ) STRICT;
    CREATE TABLE desired_states (
      role TEXT PRIMARY KEY CHECK (role IN ('offered', 'running', 'last-known-good')),
      incarnation TEXT NOT NULL,
      generation INTEGER NOT NULL,
      hash TEXT NOT NULL REFERENCES file_sets (hash),
      nonce TEXT NOT NULL,
      rollout_id TEXT NOT NULL,
      mode TEXT NOT NULL CHECK (mode IN ('minimal', 'compat'))
    ) STRICT;
    -- How the newest offer fared; it may have been refused, and then its files are not kept.
    CREATE TABLE last_attempt (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      incarnation TEXT NOT NULL,
      generation INTEGER NOT NULL,
      hash TEXT NOT NULL,
      phase TEXT NOT NULL,
      -- JSON
      problems TEXT NOT NULL
    ) STRICT;

    CREATE TABLE stopped_by_hand (
      group_name TEXT NOT NULL,
      process_name TEXT NOT NULL,
      PRIMARY KEY (group_name, process_name)
    ) STRICT, WITHOUT ROWID;

    -- Commands of the last day, so that a repeat is answered and never done again. No result: begun, not ended.
    CREATE TABLE commands (
      command_id TEXT PRIMARY KEY,
      at_us INTEGER NOT NULL,
      -- JSON
      result TEXT
    ) STRICT;
    CREATE INDEX commands_by_time ON commands (at_us);
  `,
};
