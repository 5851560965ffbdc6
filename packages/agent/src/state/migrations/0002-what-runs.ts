/** What an agent leaves that ends without stopping its programs: the next one goes on with it. */
import type { Migration } from '../migrate.ts';

export const whatRuns: Migration = {
  number: 2,
  readableSince: 2,
  sql: `
    -- Of which life of the machine the two tables below are, and in which form their JSON is. No row: the last agent ended
    -- in an orderly way.
    CREATE TABLE life (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      machine_life TEXT NOT NULL,
      form INTEGER NOT NULL,
      agent_version TEXT NOT NULL,
      -- What the agent was stopping on purpose when it ended, if anything.
      ending TEXT NOT NULL CHECK (ending IN ('nothing', 'local', 'everything'))
    ) STRICT;

    -- In the order in which they were added.
    CREATE TABLE active_groups (
      position INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      layer TEXT NOT NULL CHECK (layer IN ('local', 'fleet')),
      -- JSON: a ProcessGroupSpec
      spec TEXT NOT NULL
    ) STRICT;

    CREATE TABLE processes (
      group_name TEXT NOT NULL,
      process_name TEXT NOT NULL,
      -- JSON
      record TEXT NOT NULL,
      PRIMARY KEY (group_name, process_name)
    ) STRICT, WITHOUT ROWID;
  `,
};
