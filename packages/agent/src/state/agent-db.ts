/**
 * agent.db: everything the agent must find again after its end. The engine is its only opener: a second writer would
 * starve the first. Knows no table; each file beside it owns its own.
 */
import { chmodSync, closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { prepareDataFolder } from './data-folder.ts';
import { lockDataFolder } from './folder-lock.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/all.ts';
import { WalSync } from './wal-sync.ts';

/** The log is copied back into the database from this many pages of 4 KiB on. */
const walPagesMax = 1000;

/** Puts what was committed on the disk; opened once the write-ahead log is there. */
export type OpenWal = (path: string) => Pick<WalSync, 'synced' | typeof Symbol.asyncDispose>;

const copyBackNow = 'PRAGMA wal_checkpoint(TRUNCATE)';

export interface OpenOptions {
  /** Whether a database is worth more than being able to write to it. Without room for a write none is, unless told. */
  readonly isWorthReading?: (sql: DatabaseSync) => boolean;
  readonly openWal?: OpenWal;
}

/**
 * Opens (and makes, when missing) the database of a data folder, holding the folder's lock.
 * @throws FleetError `unavailable` when the folder cannot be written, `conflict` when another agent holds it or a newer
 * agent wrote it in a way that this one would misread, `internal` when the file is damaged.
 */
export function openAgentDb(folder: string, options: OpenOptions = {}): AgentDb {
  const { isWorthReading = () => false, openWal = (path) => new WalSync(path) } = options;
  const noRoom = prepareDataFolder(folder);
  if (noRoom !== undefined && !existsSync(join(folder, 'agent.db'))) throw noRoom;
  using undo = new DisposableStack();
  const lock = undo.use(lockDataFolder(folder));
  const sql = undo.adopt(openDatabase(folder, noRoom), (open) => open.close());
  if (noRoom !== undefined && !isWorthReading(sql)) throw noRoom;
  const db = new AgentDb(folder, sql, { lock, noRoom, openWal });
  undo.move();
  return db;
}

/**
 * For a look before anything is begun: makes no folder, no file and no change. The folder's lock is held until disposal.
 * @returns undefined where there is no database yet
 * @throws FleetError `conflict` when another agent holds the folder, `unavailable` when it cannot be had; the database's error
 */
export function peekAgentDb(folder: string): (Disposable & Pick<AgentDb, 'sql'>) | undefined {
  const path = join(folder, 'agent.db');
  if (!existsSync(path)) return undefined;
  using house = new DisposableStack();
  house.use(lockDataFolder(folder));
  const sql = house.adopt(openToRead(path), (open) => open.close());
  const owned = house.move();
  return { sql, [Symbol.dispose]: () => owned.dispose() };
}

export class AgentDb implements AsyncDisposable {
  readonly folder: string;
  /** For the files of this folder, to prepare their statements. */
  readonly sql: DatabaseSync;
  /** Why nothing could be written when it was opened. */
  readonly noRoom: FleetError | undefined;
  readonly #lock: Disposable;
  readonly #wal: ReturnType<OpenWal>;
  readonly #walState: StatementSync;
  readonly #copyBack: StatementSync;
  #checkpoint: Promise<void> | undefined;
  #isOpen = true;

  constructor(
    folder: string,
    sql: DatabaseSync,
    parts: { readonly lock: Disposable; readonly noRoom: FleetError | undefined; readonly openWal: OpenWal },
  ) {
    const { lock, noRoom, openWal } = parts;
    this.folder = folder;
    this.sql = sql;
    this.noRoom = noRoom;
    this.#lock = lock;
    this.#wal = openWal(join(folder, 'agent.db-wal'));
    this.#walState = sql.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#copyBack = sql.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Runs `work` as one transaction: all of it or nothing. Afterwards it survives the end of this process; the end of the
   * machine only once `synced` has resolved.
   */
  transaction<T>(work: () => T): T {
    this.sql.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.sql.exec('COMMIT');
      this.#keepWalShort();
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after some errors (a full disk), and a second time would hide the first error.
      if (this.sql.isTransaction) this.sql.exec('ROLLBACK');
      throw error;
    }
  }

  /** Resolves when all that was committed before the call is on the disk. @throws FleetError `internal`. */
  synced(): Promise<void> {
    return this.#wal.synced();
  }

  /** Puts all that was committed on the disk, and holds everybody up: for the little that must be there before another step. */
  syncNow(): void {
    this.sql.exec(copyBackNow);
  }

  /** Makes a copy of all that is committed, off the thread. @throws the database's error */
  async copyTo(path: string): Promise<void> {
    await backup(this.sql, path);
  }

  /** Waits for what is under way, closes the file and lets go of the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#checkpoint;
    await this.#wal[Symbol.asyncDispose]();
    this.sql.close();
    this.#lock[Symbol.dispose]();
  }

  /**
   * SQLite's own checkpoint would sync the log inside some commit, on the path of supervision. Here the log is synced
   * first, off the thread; what is left is one sync of the database for every thousand pages.
   */
  #keepWalShort(): void {
    if (this.#checkpoint !== undefined || this.#pagesToCopy() < walPagesMax) return;
    this.#checkpoint = this.#copyWalBack().finally(() => {
      this.#checkpoint = undefined;
    });
  }

  #pagesToCopy(): number {
    const row = this.#walState.get();
    return Number(row?.log ?? 0) - Number(row?.checkpointed ?? 0);
  }

  async #copyWalBack(): Promise<void> {
    try {
      await this.#wal.synced();
      this.#copyBack.run();
    } catch {
      // A disk that refuses this refuses the next commit or sync too, and there it is told to somebody.
    }
  }
}

function openDatabase(folder: string, noRoom: FleetError | undefined): DatabaseSync {
  const path = join(folder, 'agent.db');
  let sql: DatabaseSync | undefined;
  try {
    sql = new DatabaseSync(path, { timeout: 1000, enableForeignKeyConstraints: true });
    chmodSync(path, 0o600); // configs hold secrets; SQLite gives -wal and -shm the same mode
    if (noRoom !== undefined) sql.exec(INDEX_IN_MEMORY);
    sql.exec('PRAGMA journal_mode = WAL');
    sql.exec('PRAGMA synchronous = NORMAL');
    sql.exec('PRAGMA wal_autocheckpoint = 0');
    migrate(sql, path, migrations);
    if (noRoom === undefined) sql.exec(copyBackNow);
    syncFolder(folder);
    return sql;
  } catch (cause) {
    sql?.close();
    throw cause instanceof FleetError ? cause : cannotOpen(path, cause);
  }
}

/** The index of the log is a file else, made anew at every start, for which there must be room. Nobody else may look then. */
const INDEX_IN_MEMORY = 'PRAGMA locking_mode = EXCLUSIVE';

function openToRead(path: string): DatabaseSync {
  try {
    return withSchema(new DatabaseSync(path, { readOnly: true, timeout: 1000 }));
  } catch {
    const sql = new DatabaseSync(path, { timeout: 1000 });
    sql.exec(INDEX_IN_MEMORY);
    return withSchema(sql);
  }
}

/** Reads something: only that shows whether it can be read. */
function withSchema(sql: DatabaseSync): DatabaseSync {
  try {
    sql.prepare('SELECT count(*) FROM sqlite_schema').get();
    return sql;
  } catch (error) {
    sql.close();
    throw error;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const damageCodes: readonly unknown[] = [11, 26];

function cannotOpen(path: string, cause: unknown): FleetError {
  const isDamaged = cause instanceof Error && 'errcode' in cause && damageCodes.includes(cause.errcode);
  const wayOut = isDamaged
    ? 'move it away and start again: the host then joins the fleet anew, under a new id'
    : 'make it writable for the user of the agent, and see that its disk has room';
  return new FleetError(
    isDamaged ? 'internal' : 'unavailable',
    `cannot open ${path}: ${messageOf(cause)}; ${wayOut}`,
    { path },
    { cause },
  );
}

/** The names of new files must outlive a power cut too. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
