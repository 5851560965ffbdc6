/**
 * Stores events exactly once, many appends in one transaction. Worker only: synchronous, prepared at open.
 *
 * A *source* is one (host_id, epoch). The agent sends its events in order, over one session at a time, so:
 * - a seq above the source's cursor is new, and the cursor moves to it;
 * - a jump is the agent's word that the numbers between are gone for good (evicted from its spool and named by a
 *   tombstone, or too old to be sent to a restored controller). It is written down in `event_gaps` in the same
 *   transaction, so that nothing is ever missing silently; what still comes for a gap is stored and shrinks it;
 * - a seq at or below the cursor is a resend: its body is compared with the stored one. One that is neither stored nor
 *   in a gap was dropped with its day and is not stored again.
 * The cursor makes this hold across days; within a day the table's unique key does.
 */
import type Database from 'better-sqlite3';
import type { NewEvent } from '../events.ts';
import type { DayTable, DayTables } from './day-tables.ts';
import { type PackedAppend, type PackedOutcome, unpackEvent } from './packed-append.ts';

interface Source {
  readonly source: bigint;
  acked_seq: bigint;
  /** 1 while positions grow with seq; 0 once an event came late into a gap. */
  in_order: bigint;
}

interface Gap {
  readonly first_seq: bigint;
  readonly last_seq: bigint;
}

export class Ingest {
  readonly #days: DayTables;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #transaction: (appends: readonly PackedAppend[]) => PackedOutcome[];
  #position = 0n;

  constructor(db: Database.Database, days: DayTables) {
    this.#days = days;
    this.#sql = prepare(db);
    this.#transaction = db.transaction((appends: readonly PackedAppend[]) => this.#store(appends)).immediate;
  }

  /** All of it or nothing; on disk when it returns. */
  run(appends: readonly PackedAppend[]): readonly PackedOutcome[] {
    try {
      const outcomes = this.#transaction(appends);
      this.#days.committed();
      return outcomes;
    } catch (error) {
      this.#days.rolledBack();
      throw error;
    }
  }

  #store(appends: readonly PackedAppend[]): PackedOutcome[] {
    const before = this.#sql.newestPosition.get()?.newest_position ?? 0n;
    this.#position = before;
    const outcomes = appends.map((append) => this.#append(append));
    if (this.#position !== before) this.#sql.setNewestPosition.run(this.#position);
    return outcomes;
  }

  #append(append: PackedAppend): PackedOutcome {
    const source = this.#source(append.hostId, append.epoch);
    const firstPosition = this.#position + 1n;
    const fresh: number[] = [];
    const conflicts: bigint[] = [];
    let day: DayTable | undefined; // made for the first new event: a resend alone opens no day
    for (let i = 0; i < append.seqs.length; i++) {
      const event = unpackEvent(append, i);
      const verdict = this.#judge(source, event);
      if (verdict === 'conflict') conflicts.push(event.seq);
      if (verdict !== 'new') continue;
      day ??= this.#days.forTime(append.receivedAtUs);
      this.#insert(day, source, append, event);
      fresh.push(i);
    }
    this.#sql.moveCursor.run(source.acked_seq, source.in_order, source.source);
    return { ackedSeq: source.acked_seq, fresh, firstPosition, conflicts };
  }

  #judge(source: Source, event: NewEvent): 'new' | 'known' | 'conflict' {
    if (event.seq > source.acked_seq) {
      if (event.seq > source.acked_seq + 1n) this.#sql.addGap.run(source.source, source.acked_seq + 1n, event.seq - 1n);
      source.acked_seq = event.seq;
      return 'new';
    }
    const body = this.#storedBody(source, event.seq);
    if (body !== undefined) return Buffer.compare(body, event.body) === 0 ? 'known' : 'conflict';
    return this.#takeFromGap(source, event.seq) ? 'new' : 'known';
  }

  #insert(day: DayTable, source: Source, append: PackedAppend, event: NewEvent): void {
    this.#position += 1n;
    day.insert.run(
      this.#position,
      source.source,
      event.seq,
      event.atUs,
      append.receivedAtUs,
      append.host,
      event.kind,
      event.group,
      event.process,
      event.body,
    );
    if (day.first === 0n) day.first = this.#position;
    day.last = this.#position;
  }

  #source(hostId: string, epoch: string): Source {
    const known = this.#sql.findSource.get(hostId, epoch);
    if (known !== undefined) return known;
    const { lastInsertRowid } = this.#sql.addSource.run(hostId, epoch);
    return { source: BigInt(lastInsertRowid), acked_seq: 0n, in_order: 1n };
  }

  /** A resend is nearly always of the last day or two. */
  #storedBody(source: Source, seq: bigint): Uint8Array | undefined {
    for (const day of this.#days.all()) {
      const row = day.bodyOf.get(source.source, seq);
      if (row !== undefined) return row.body;
    }
    return undefined;
  }

  #takeFromGap(source: Source, seq: bigint): boolean {
    const gap = this.#sql.findGap.get(source.source, seq, seq);
    if (gap === undefined) return false;
    this.#sql.removeGap.run(source.source, gap.first_seq);
    if (gap.first_seq < seq) this.#sql.addGap.run(source.source, gap.first_seq, seq - 1n);
    if (seq < gap.last_seq) this.#sql.addGap.run(source.source, seq + 1n, gap.last_seq);
    source.in_order = 0n;
    return true;
  }
}

function prepare(db: Database.Database) {
  return {
    newestPosition: db.prepare<[], { newest_position: bigint }>('select newest_position from event_counter'),
    setNewestPosition: db.prepare<[bigint]>('update event_counter set newest_position = ?'),
    findSource: db.prepare<[string, string], Source>(
      'select source, acked_seq, in_order from event_sources where host_id = ? and epoch = ?',
    ),
    addSource: db.prepare<[string, string]>('insert into event_sources (host_id, epoch) values (?, ?)'),
    moveCursor: db.prepare<[bigint, bigint, bigint]>(
      'update event_sources set acked_seq = ?, in_order = ? where source = ?',
    ),
    findGap: db.prepare<[bigint, bigint, bigint], Gap>(
      'select first_seq, last_seq from event_gaps where source = ? and first_seq <= ? and last_seq >= ?',
    ),
    addGap: db.prepare<[bigint, bigint, bigint]>(
      'insert into event_gaps (source, first_seq, last_seq) values (?, ?, ?)',
    ),
    removeGap: db.prepare<[bigint, bigint]>('delete from event_gaps where source = ? and first_seq = ?'),
  };
}
