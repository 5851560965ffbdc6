/** The one connection to the database, with its lock against a second controller and its prepared statements. Worker only. */
import Database from 'better-sqlite3';
import type { SqlValue } from './sql-value.ts';
import type { QueryReply } from './worker-protocol.ts';

/** How long a program that has the database locked (a backup, a shell) is waited for. */
const busyTimeoutMs = 2_000;
/** Statements kept prepared; the oldest goes first. */
const statementsMax = 500;

export class Connection {
  readonly database: Database.Database;
  readonly #lock: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  /** @throws LockHeldError when another controller has the folder; SqliteError for anything else. */
  constructor(databasePath: string, lockPath: string) {
    this.#lock = takeLock(lockPath);
    try {
      this.database = openDatabase(databasePath);
    } catch (error) {
      this.#lock.close();
      throw error;
    }
  }

  /** The statement, prepared at most once while it stays in use. */
  readonly prepare = (sql: string): Database.Statement => {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    for (const oldest of this.#statements.keys()) {
      if (this.#statements.size < statementsMax) break;
      this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  };

  query(sql: string, parameters: readonly SqlValue[]): QueryReply {
    const statement = this.prepare(sql);
    if (statement.reader) {
      const rows = statement.all(...parameters) as QueryReply['rows']; // what SQLite gives is SqlValue
      return { rows, changes: 0, lastRowId: 0n };
    }
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], changes, lastRowId: BigInt(lastInsertRowid) };
  }

  /** SQLite ends a transaction by itself on some failures (a full disk): then there is nothing left to do. */
  rollback(): void {
    if (this.database.inTransaction) this.database.exec('rollback');
  }

  close(): void {
    this.#statements.clear();
    this.database.close();
    this.#lock.close();
  }
}

/** Another process holds the folder. */
export class LockHeldError extends Error {
  readonly code = 'LOCK_HELD';
}

/**
 * Node has no flock; an exclusive transaction on an empty database is the same: the kernel frees it however the process
 * ends, and a shell or a backup can still open the real one.
 */
function takeLock(path: string): Database.Database {
  const lock = new Database(path, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY') {
      throw new LockHeldError(`${path} is locked`, { cause: error });
    }
    throw error;
  }
}

function openDatabase(path: string): Database.Database {
  const database = new Database(path, { timeout: busyTimeoutMs });
  try {
    database.defaultSafeIntegers(true);
    database.pragma('journal_mode = wal');
    database.pragma('synchronous = full');
    database.pragma('foreign_keys = on');
    database.pragma('cache_size = -65536');
    // 40 MB of log between checkpoints: hot index pages are written once for many commits.
    database.pragma('wal_autocheckpoint = 10000');
    database.pragma('journal_size_limit = 67108864');
    database.pragma('temp_store = memory');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
