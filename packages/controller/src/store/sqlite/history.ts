/**
 * Reads events by position, oldest or newest first, for some hosts and kinds. Worker only.
 *
 * Each question is a set of ordered runs, one for each table and source (or kind), merged by position and read no further
 * than needed: the cost goes with what is asked for and never with how much is stored.
 */
import type Database from 'better-sqlite3';
import type { DayTable, DayTables } from './day-tables.ts';
import { eventDay } from './event-day.ts';
import type { SqlValue } from './sql-value.ts';
import { type Direction, type EventRow, merge, Strand, type StrandSpec } from './strand.ts';

export type { EventRow } from './strand.ts';

export interface HistoryQuery {
  readonly direction: Direction;
  /** Only events beyond this position in that direction. */
  readonly from: bigint;
  /** Undefined for all. */
  readonly hostIds: readonly string[] | undefined;
  /** Empty for all. */
  readonly kinds: readonly string[];
  readonly sinceUs: bigint;
  readonly limit: number;
}

interface SourceRow {
  readonly source: bigint;
  readonly in_order: bigint;
}

const highestKey = 2n ** 63n - 1n;

export class History {
  readonly #days: DayTables;
  readonly #prepare: (sql: string) => Database.Statement;

  constructor(days: DayTables, prepare: (sql: string) => Database.Statement) {
    this.#days = days;
    this.#prepare = prepare;
  }

  read(query: HistoryQuery): readonly EventRow[] {
    const rows: EventRow[] = [];
    const sources = query.hostIds === undefined ? undefined : this.#sourcesOf(query.hostIds);
    for (const days of this.#daysInTurn(query)) {
      if (rows.length >= query.limit) break;
      const specs = days.flatMap((day) => this.#runsOf(day, query, sources));
      const pageRows = Math.max(1, Math.ceil(query.limit / Math.max(1, specs.length)));
      const strands = specs.map((spec) => new Strand(this.#prepare, spec, query.direction, pageRows));
      merge(strands, query.direction, query.limit, rows);
    }
    return rows;
  }

  /** The days that can hold an answer, those first that come first; days whose positions interleave come together. */
  #daysInTurn(query: HistoryQuery): DayTable[][] {
    const sinceDay = eventDay(query.sinceUs);
    const older = query.direction === 'older';
    const days = this.#days
      .all()
      .filter((day) => day.day >= sinceDay && (older ? day.first < query.from : day.last > query.from))
      .sort((a, b) => Number(older ? b.last - a.last : a.first - b.first));
    const turns: DayTable[][] = [];
    let edge = 0n; // the last position of the turn, in the direction of reading
    for (const day of days) {
      const turn = turns.at(-1);
      if (turn !== undefined && (older ? day.last > edge : day.first < edge)) {
        turn.push(day);
        edge = older ? min(edge, day.first) : max(edge, day.last);
      } else {
        turns.push([day]);
        edge = older ? day.first : day.last;
      }
    }
    return turns;
  }

  #runsOf(day: DayTable, query: HistoryQuery, sources: readonly SourceRow[] | undefined): StrandSpec[] {
    const low = max(this.#floorSince(day, query.sinceUs), query.direction === 'newer' ? query.from + 1n : 0n);
    const high = query.direction === 'older' ? min(day.last, query.from - 1n) : day.last;
    const reach = query.direction === 'older' ? high : max(day.first, low);
    const run = { table: day.table, low, high, reach } as const;
    const since = 'e.received_at_us >= ?';
    const kindsText = JSON.stringify(query.kinds);
    const ofKinds = query.kinds.length === 0 ? since : `${since} and e.kind in (select value from json_each(?))`;
    const parameters: SqlValue[] = query.kinds.length === 0 ? [query.sinceUs] : [query.sinceUs, kindsText];
    if (sources !== undefined) return sources.map((source) => this.#runOfSource(day, run, source, ofKinds, parameters));
    if (query.kinds.length === 0 || query.kinds.includes('transition')) {
      return [{ ...run, key: 'position', where: ofKinds, parameters }];
    }
    // `kind <> 'transition'` is what lets SQLite use the partial index.
    const where = `${since} and e.kind = ? and e.kind <> 'transition'`;
    return [...new Set(query.kinds)].map((kind) => ({
      ...run,
      key: 'position',
      where,
      parameters: [query.sinceUs, kind],
    }));
  }

  #runOfSource(
    day: DayTable,
    run: Pick<StrandSpec, 'table' | 'low' | 'high' | 'reach'>,
    { source, in_order }: SourceRow,
    where: string,
    parameters: readonly SqlValue[],
  ): StrandSpec {
    const ofSource = { ...run, where: `e.source = ? and ${where}`, parameters: [source, ...parameters] };
    if (in_order === 0n) return { ...ofSource, key: 'position' };
    return {
      ...ofSource,
      key: 'seq',
      low: run.low <= day.first ? 0n : this.#seqAt(day, source, run.low - 1n) + 1n,
      high: run.high >= day.last ? highestKey : this.#seqAt(day, source, run.high),
    };
  }

  /** The highest seq of the source, in this table, whose position is at most `position`; 0n for none. */
  #seqAt(day: DayTable, source: bigint, position: bigint): bigint {
    const probe = this.#prepare(
      `select seq as key, position as value from ${day.table} where source = ? and seq <= ? order by seq desc limit 1`,
    );
    return lastAtMost(position, highestKey, (key) => probe.get(source, key) as Probe | undefined);
  }

  /**
   * The first position of the table that can have been received at that time or later. Found by halving, as if receipt
   * times grew with positions: where the wall clock was set back in between, what was received before that may be left out.
   */
  #floorSince(day: DayTable, sinceUs: bigint): bigint {
    if (day.day > eventDay(sinceUs)) return day.first;
    const probe = this.#prepare(
      `select position as key, received_at_us as value from ${day.table} where position <= ? order by position desc limit 1`,
    );
    return max(day.first, lastAtMost(sinceUs - 1n, day.last, (key) => probe.get(key) as Probe | undefined) + 1n);
  }

  #sourcesOf(hostIds: readonly string[]): readonly SourceRow[] {
    const sql = 'select source, in_order from event_sources where host_id in (select value from json_each(?))';
    return this.#prepare(sql).all(JSON.stringify(hostIds)) as SourceRow[]; // the columns that the statement names
  }
}

interface Probe {
  readonly key: bigint;
  readonly value: bigint;
}

/**
 * The highest key whose value is at most `value`, by halving; 0n for none.
 * @param probe the greatest entry at or below a key
 */
function lastAtMost(value: bigint, highest: bigint, probe: (key: bigint) => Probe | undefined): bigint {
  let high = probe(highest)?.key ?? 0n;
  let low = 0n;
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    const found = probe(middle);
    if (found === undefined || found.value <= value) low = middle;
    else high = found.key - 1n;
  }
  return low === 0n ? 0n : (probe(low)?.key ?? 0n);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
