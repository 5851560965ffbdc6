/** Config files and their revisions on SQLite. Written by rollouts alone. */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { RevisionRef } from '../../fleet/generation.ts';
import type { ConfigFileRecord, ConfigStore, RevisionRecord } from '../configs.ts';
import { selector } from './json-columns.ts';
import type { Schema } from './schema.ts';

export class SqliteConfigs implements ConfigStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async list(): Promise<readonly ConfigFileRecord[]> {
    const rows = await this.#newest().orderBy('config_files.file').execute();
    return rows.map((row) => ({ newest: revisionRecord(row), stable: row.stable }));
  }

  async find(file: string): Promise<ConfigFileRecord | undefined> {
    const row = await this.#newest().where('config_files.file', '=', file).executeTakeFirst();
    return row === undefined ? undefined : { newest: revisionRecord(row), stable: row.stable };
  }

  async revision(file: string, revision: bigint): Promise<RevisionRecord | undefined> {
    const row = await this.#db
      .selectFrom('config_revisions')
      .selectAll()
      .where('file', '=', file)
      .where('revision', '=', revision)
      .executeTakeFirst();
    return row === undefined ? undefined : revisionRecord(row);
  }

  async history(file: string, limit: number): Promise<readonly RevisionRecord[]> {
    const rows = await this.#db
      .selectFrom('config_revisions')
      .selectAll()
      .where('file', '=', file)
      .orderBy('revision', 'desc')
      .limit(limit)
      .execute();
    return rows.map(revisionRecord);
  }

  async provenBefore(file: string, revision: bigint): Promise<RevisionRecord | undefined> {
    const { rows } = await sql<{ revision: bigint }>`
      select revision from config_revisions
      where verdict <> '' and verdict = 'proven' and file = ${file} and revision < ${revision}
      order by revision desc limit 1`.execute(this.#db);
    const [found] = rows;
    return found && this.revision(file, found.revision);
  }

  async failed(): Promise<readonly RevisionRef[]> {
    const { rows } = await sql<RevisionRef>`
      select file, revision from config_revisions
      where verdict <> '' and verdict = 'failed'
      order by file, revision`.execute(this.#db);
    return rows.map(({ file, revision }) => ({ file, revision }));
  }

  #newest() {
    return this.#db
      .selectFrom('config_files')
      .innerJoin('config_revisions', (join) =>
        join
          .onRef('config_revisions.file', '=', 'config_files.file')
          .onRef('config_revisions.revision', '=', 'config_files.newest'),
      )
      .selectAll('config_revisions')
      .select('config_files.stable');
  }
}

function revisionRecord(row: Omit<Selectable<Schema['config_revisions']>, 'verdict'>): RevisionRecord {
  return {
    file: row.file,
    revision: row.revision,
    parent: row.parent,
    selector: selector(row.selector),
    content: row.content,
    digest: row.digest,
    meaningDigest: row.meaning_digest,
    author: row.author,
    message: row.message,
    createdAtUs: row.created_at_us,
  };
}
