/** The spool's tables in agent.db, one method per question. Knows nothing of time or of when to do what. */
import type { StatementSync } from 'node:sqlite';
import { FleetError } from '@fleetvisor/primitives';
import type { AgentDb } from './agent-db.ts';
import { tombstoneImportance } from './importance.ts';
import {
  kindsOf,
  rangeOf,
  rowBytes,
  rowOverheadBytes,
  runsOf,
  type SeqRange,
  type SpoolRow,
  tombstone,
} from './spool-row.ts';

export interface Numbering {
  readonly epoch: string;
  readonly ackedSeq: bigint;
  readonly handedOutSeq: bigint;
}

interface SizedRow extends SeqRange {
  readonly bytes: number;
}

/** A row that is to go, with what its tombstone has to tell of it. */
interface Victim extends SizedRow {
  readonly body: Uint8Array;
}

/** Rows looked at in one go when room must be made. */
const chunkRows = 512;

/** Every method that writes must be called inside a transaction. */
export class SpoolTable {
  readonly #insert: StatementSync;
  readonly #after: StatementSync;
  readonly #db: AgentDb;

  constructor(db: AgentDb) {
    this.#db = db;
    this.#insert = this.#prepare('INSERT INTO spool (seq, first_seq, at_us, importance, body) VALUES (?, ?, ?, ?, ?)');
    this.#after = this.#prepare('SELECT * FROM spool WHERE seq > ? ORDER BY seq LIMIT ?');
  }

  /** Undefined in a new database. */
  numbering(): Numbering | undefined {
    const row = this.#prepare('SELECT * FROM numbering').get();
    if (row === undefined) return undefined;
    return {
      epoch: String(row.epoch),
      ackedSeq: integer(row.acked_seq),
      handedOutSeq: integer(row.handed_out_seq),
    };
  }

  setNumbering({ epoch, ackedSeq, handedOutSeq }: Numbering): void {
    this.#prepare('INSERT OR REPLACE INTO numbering VALUES (1, ?, ?, ?)').run(epoch, ackedSeq, handedOutSeq);
  }

  /** 0n when there is no row. */
  newestSeq(): bigint {
    return integer(this.#prepare('SELECT coalesce(max(seq), 0) AS seq FROM spool').get()?.seq);
  }

  /** The oldest number still covered; undefined when there is no row. */
  firstSeq(): bigint | undefined {
    const row = this.#prepare('SELECT first_seq FROM spool ORDER BY seq LIMIT 1').get();
    return row === undefined ? undefined : integer(row.first_seq);
  }

  /** The size of all rows together. */
  bytes(): number {
    const row = this.#prepare(`SELECT coalesce(sum(length(body) + ${rowOverheadBytes}), 0) AS bytes FROM spool`).get();
    return Number(row?.bytes);
  }

  insert(rows: readonly SpoolRow[]): void {
    for (const { seq, firstSeq, atUs, importance, body } of rows) {
      this.#insert.run(seq, firstSeq, atUs, importance, body);
    }
  }

  /** In order, at most `countMax`. */
  after(seq: bigint, countMax: number): SpoolRow[] {
    return this.#after.all(seq, countMax).map(rowOf);
  }

  /**
   * Drops acknowledged rows, oldest first, up to the first that happened at `beforeUs` or later, and never the newest row
   * of all. Frees little more than `freeBytes` at a time, for it holds up everything else.
   * @returns the bytes that were freed.
   */
  trimAcked(ackedSeq: bigint, beforeUs: bigint, freeBytes: number): number {
    const young = this.#prepare('SELECT seq FROM spool WHERE at_us >= ? ORDER BY seq LIMIT 1').get(beforeUs);
    const lastSeq = young === undefined ? ackedSeq : smaller(ackedSeq, integer(young.seq) - 1n);
    return this.#deleteOldest(lastSeq, freeBytes);
  }

  /**
   * Frees at least `freeBytes` where it can: acknowledged rows first, then the least important of those that were never
   * sent, leaving tombstones. What may have been sent and is not acknowledged stays as it is.
   * @returns the bytes that were freed.
   */
  makeRoom(freeBytes: number, { ackedSeq, handedOutSeq }: Numbering, atUs: bigint): number {
    let freed = this.#deleteOldest(ackedSeq, freeBytes);
    const fixedSeq = larger(ackedSeq, handedOutSeq);
    const victims = this.#prepare(
      `SELECT seq, first_seq, length(body) AS bytes, body FROM spool
       WHERE importance < ${tombstoneImportance} AND seq > ? ORDER BY importance, seq LIMIT ${chunkRows}`,
    );
    while (freed < freeBytes) {
      const chosen = firstUpTo(victims.all(fixedSeq).map(victimOf), freeBytes - freed);
      if (chosen.length === 0) break;
      freed += this.#bury(chosen, fixedSeq, atUs);
    }
    return freed;
  }

  /** Gives every row after `ackedSeq` a new number from 1 on, and drops the others. */
  renumber(ackedSeq: bigint): void {
    const rows: SpoolRow[] = [];
    let next = 1n;
    for (const row of this.after(ackedSeq, -1)) {
      const seq = next + (row.seq - row.firstSeq);
      const isTombstone = row.importance === tombstoneImportance;
      const moved = { ...row, firstSeq: next, seq };
      rows.push(isTombstone ? tombstone(moved, kindsOf([row.body]), row.atUs) : moved);
      next = seq + 1n;
    }
    this.#db.sql.exec('DELETE FROM spool');
    this.insert(rows);
  }

  /** Up to `lastSeq`, but never the newest row: the next number is read from it. @returns the bytes that were freed. */
  #deleteOldest(lastSeq: bigint, freeBytes: number): number {
    const oldest = this.#prepare(
      `SELECT seq, first_seq, length(body) AS bytes FROM spool
       WHERE seq <= ? AND seq < (SELECT max(seq) FROM spool) ORDER BY seq LIMIT ${chunkRows}`,
    );
    let freed = 0;
    while (freed < freeBytes) {
      const chosen = firstUpTo(oldest.all(lastSeq).map(sizedRowOf), freeBytes - freed);
      const last = chosen.at(-1);
      if (last === undefined) break;
      this.#prepare('DELETE FROM spool WHERE seq <= ?').run(last.seq);
      freed += totalBytes(chosen);
    }
    return freed;
  }

  /** Replaces rows by tombstones, taking in the tombstones next to them. @returns the bytes that were freed. */
  #bury(victims: readonly Victim[], fixedSeq: bigint, atUs: bigint): number {
    let freed = 0;
    for (const run of runsOf(victims.toSorted((a, b) => Number(a.seq - b.seq)))) {
      const { firstSeq, seq } = rangeOf(run);
      const before = this.#tombstoneAt('seq = ? AND seq > ?', firstSeq - 1n, fixedSeq);
      const behind = this.#tombstoneAt('seq = (SELECT min(seq) FROM spool WHERE seq > ?)', seq);
      const gone = [...before, ...run, ...behind];
      const range = rangeOf(gone);
      const stone = tombstone(range, kindsOf(gone.map(({ body }) => body)), atUs);
      this.#prepare('DELETE FROM spool WHERE seq BETWEEN ? AND ?').run(range.firstSeq, range.seq);
      this.insert([stone]);
      freed += totalBytes(gone) - rowBytes(stone);
    }
    return freed;
  }

  /** One, or none. */
  #tombstoneAt(where: string, ...values: bigint[]): readonly Victim[] {
    return this.#prepare(
      `SELECT seq, first_seq, length(body) AS bytes, body FROM spool
       WHERE importance = ${tombstoneImportance} AND ${where}`,
    )
      .all(...values)
      .map(victimOf);
  }

  #prepare(query: string): StatementSync {
    const statement = this.#db.sql.prepare(query);
    statement.setReadBigInts(true);
    return statement;
  }
}

type SqlRow = Readonly<Record<string, unknown>>;

function rowOf(row: SqlRow): SpoolRow {
  return {
    seq: integer(row.seq),
    firstSeq: integer(row.first_seq),
    atUs: integer(row.at_us),
    importance: Number(row.importance),
    body: row.body as Uint8Array, // a STRICT BLOB column
  };
}

function sizedRowOf(row: SqlRow): SizedRow {
  return {
    seq: integer(row.seq),
    firstSeq: integer(row.first_seq),
    bytes: Number(row.bytes) + rowOverheadBytes,
  };
}

function victimOf(row: SqlRow): Victim {
  return { ...sizedRowOf(row), body: row.body as Uint8Array }; // a STRICT BLOB column
}

function integer(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  throw new FleetError('internal', `agent.db: expected a whole number and found ${typeof value}`);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function totalBytes(rows: readonly SizedRow[]): number {
  return rows.reduce((sum, row) => sum + row.bytes, 0);
}

/** The first rows that together reach `bytes`, or all of them. */
function firstUpTo<Row extends SizedRow>(rows: readonly Row[], bytes: number): Row[] {
  const chosen: Row[] = [];
  for (let sum = 0; sum < bytes; sum += chosen.at(-1)?.bytes ?? 0) {
    const row = rows[chosen.length];
    if (row === undefined) break;
    chosen.push(row);
  }
  return chosen;
}
