/** The configuration in force: for an agent that is started after a crash and finds the config file broken. */
import type { Migration } from '../migrate.ts';

export const configInForce: Migration = {
  number: 3,
  readableSince: 3,
  sql: `
    CREATE TABLE config_in_force (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      -- In which form the JSON is.
      form INTEGER NOT NULL,
      -- sha-256 of the JSON: what has not changed is not written again.
      digest TEXT NOT NULL,
      -- JSON: a ParsedConfig
      config TEXT NOT NULL
    ) STRICT;
  `,
};
