/**
 * The configuration that the agent runs with, kept as it was understood: the file it came from may be broken or gone when the
 * next agent needs it, and so may what the file was understood by (users, folders, the environment). One row, with whatever
 * secrets the file has: agent.db is its owner's alone. Knows nothing of when it is used.
 */
import { createHash } from 'node:crypto';
import type { ParsedConfig } from '@fleetvisor/config';
import type { AgentDb } from './agent-db.ts';

/**
 * The form of the JSON: another one whenever a ParsedConfig has become something that an older or a newer agent would misread.
 * What is in another form is as none. A golden file shows when that may be so.
 */
export const CONFIG_FORM = 1;

export class ConfigInForce {
  readonly #db: AgentDb;

  constructor(db: AgentDb) {
    this.#db = db;
  }

  /** Writes nothing where it is what is kept already. @throws the database's error */
  keep(config: ParsedConfig): void {
    const json = encodeConfig(config);
    const digest = createHash('sha256').update(json).digest('hex');
    const { sql } = this.#db;
    const kept = sql.prepare('SELECT form, digest FROM config_in_force').get();
    if (kept?.digest === digest && kept.form === CONFIG_FORM) return;
    this.#db.transaction(() =>
      sql
        .prepare('INSERT OR REPLACE INTO config_in_force (only_row, form, digest, config) VALUES (1, ?, ?, ?)')
        .run(CONFIG_FORM, digest, json),
    );
  }

  /** @throws the database's error */
  forget(): void {
    this.#db.transaction(() => this.#db.sql.exec('DELETE FROM config_in_force'));
  }
}

/** @returns undefined where there is none, or one in another form. @throws the database's error, of one without the table too */
export function readConfigInForce(sql: AgentDb['sql']): ParsedConfig | undefined {
  const row = sql.prepare('SELECT form, config FROM config_in_force').get();
  if (row?.form !== CONFIG_FORM) return undefined;
  return JSON.parse(String(row.config)) as ParsedConfig; // written by `keep` alone, in this form
}

export function encodeConfig(config: ParsedConfig): string {
  return JSON.stringify(withoutRemarks(config));
}

/** What was said of the file when it was read is not said again. */
export function withoutRemarks(config: ParsedConfig): ParsedConfig {
  return { ...config, warnings: [], infos: [] };
}
