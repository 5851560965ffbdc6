/** The tables of events, one for each day: which there are, what positions they hold, and their prepared statements. Worker only. */
import type Database from 'better-sqlite3';
import { createEventTable, eventDay, eventTable } from './event-day.ts';

export interface DayTable {
  readonly day: number;
  readonly table: string;
  /** Positions it holds, both ends included; days may interleave where the wall clock was set back. */
  first: bigint;
  last: bigint;
  readonly insert: Database.Statement;
  /** The body stored under (source, seq). */
  readonly bodyOf: Database.Statement<[bigint, bigint], { readonly body: Uint8Array }>;
}

export class DayTables {
  readonly #db: Database.Database;
  readonly #tables = new Map<number, DayTable>();
  #newestFirst: readonly DayTable[] = [];
  /** Those made in the transaction that is open. */
  #made: number[] = [];

  constructor(db: Database.Database) {
    this.#db = db;
    // The columns are named in the statement, their types are those of the schema.
    const rows = db.prepare('select day from event_days order by day').all() as { day: bigint }[];
    for (const { day } of rows) this.#tables.set(Number(day), this.#describe(Number(day)));
    this.#order();
  }

  /** Newest day first. */
  all(): readonly DayTable[] {
    return this.#newestFirst;
  }

  /** The table for events received at this time; makes it, within the open transaction, when it is missing. */
  forTime(receivedAtUs: bigint): DayTable {
    const day = eventDay(receivedAtUs);
    const known = this.#tables.get(day);
    if (known !== undefined) return known;
    for (const statement of createEventTable(day)) this.#db.exec(statement);
    this.#db.prepare('insert into event_days (day) values (?)').run(day);
    const made = this.#describe(day);
    this.#tables.set(day, made);
    this.#made.push(day);
    this.#order();
    return made;
  }

  /** Drops every day before this one, in one transaction; says how many. */
  dropBefore(day: number): number {
    const old = this.all().filter((table) => table.day < day);
    const newest = old.reduce((position, { last }) => (last > position ? last : position), 0n);
    this.#db.transaction(() => {
      for (const { table, day: dropped } of old) {
        this.#db.exec(`drop table ${table}`);
        this.#db.prepare('delete from event_days where day = ?').run(dropped);
      }
      this.#db.prepare('update event_counter set dropped_position = max(dropped_position, ?)').run(newest);
    })();
    for (const { day: dropped } of old) this.#tables.delete(dropped);
    this.#order();
    return old.length;
  }

  committed(): void {
    this.#made = [];
  }

  /** Forgets what the transaction that failed had made; what it had added to the ranges is read anew. */
  rolledBack(): void {
    for (const day of this.#made) this.#tables.delete(day);
    this.#made = [];
    for (const day of this.#tables.keys()) this.#tables.set(day, this.#describe(day));
    this.#order();
  }

  #order(): void {
    this.#newestFirst = [...this.#tables.values()].sort((a, b) => b.day - a.day);
  }

  #describe(day: number): DayTable {
    const table = eventTable(day);
    const range = this.#db
      .prepare(`select (select min(position) from ${table}) as first, (select max(position) from ${table}) as last`)
      .get() as { first: bigint | null; last: bigint | null }; // an aggregate always gives one row
    return {
      day,
      table,
      first: range.first ?? 0n,
      last: range.last ?? 0n,
      insert: this.#db.prepare(`insert into ${table} values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
      bodyOf: this.#db.prepare(`select body from ${table} where source = ? and seq = ?`),
    };
  }
}
