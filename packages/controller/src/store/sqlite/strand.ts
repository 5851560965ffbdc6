/**
 * One ordered run of events in one day's table (of a source, of a kind, or all), read a page at a time, and the merge
 * of several runs by position. Worker only.
 */
import type Database from 'better-sqlite3';
import type { SqlValue } from './sql-value.ts';

/** One event as its table holds it, with its source. */
export interface EventRow {
  readonly position: bigint;
  readonly host_id: string;
  readonly epoch: string;
  readonly seq: bigint;
  readonly at_us: bigint;
  readonly received_at_us: bigint;
  readonly host: string;
  readonly kind: string;
  readonly process_group: string;
  readonly process: string;
  readonly body: Uint8Array;
}

const columns =
  'e.position, s.host_id, s.epoch, e.seq, e.at_us, e.received_at_us, e.host, e.kind, e.process_group, e.process, e.body';

export type Direction = 'older' | 'newer';

/** What a strand reads: rows that meet `where`, in the order of `key`, which is also the order of positions. */
export interface StrandSpec {
  readonly table: string;
  readonly key: 'position' | 'seq';
  /** SQL on the table `e`, without the bounds of the key. */
  readonly where: string;
  readonly parameters: readonly SqlValue[];
  /** Bounds of the key, both ends included. */
  readonly low: bigint;
  readonly high: bigint;
  /** No row comes before this position in the direction of reading: before the first page, the only thing known. */
  readonly reach: bigint;
}

export class Strand {
  readonly #spec: StrandSpec;
  readonly #direction: Direction;
  readonly #read: Database.Statement<SqlValue[], EventRow>;
  readonly #pageRows: number;
  #page: EventRow[] = [];
  #next = 0;
  #low: bigint;
  #high: bigint;
  #mayHaveMore = true;
  /** The position of the next row, or one that it cannot come before; undefined at the end. */
  reach: bigint | undefined;

  constructor(prepare: (sql: string) => Database.Statement, spec: StrandSpec, direction: Direction, pageRows: number) {
    this.#spec = spec;
    this.#direction = direction;
    this.#pageRows = pageRows;
    this.#low = spec.low;
    this.#high = spec.high;
    this.reach = spec.low <= spec.high ? spec.reach : undefined;
    const order = direction === 'older' ? 'desc' : 'asc';
    // `cross join` fixes the order of the loops: the events lead, each finds its source.
    this.#read = prepare(
      `select ${columns} from ${spec.table} e cross join event_sources s on s.source = e.source` +
        ` where e.${spec.key} between ? and ? and ${spec.where} order by e.${spec.key} ${order} limit ?`,
    ) as Database.Statement<SqlValue[], EventRow>; // the columns that the statement names
  }

  /** The next row if it has been read; otherwise reads a page, which makes `reach` exact, and gives undefined. */
  take(): EventRow | undefined {
    const row = this.#page[this.#next];
    if (row === undefined) {
      this.#readPage();
      return undefined;
    }
    this.#next++;
    const following = this.#page[this.#next];
    if (following !== undefined) this.reach = following.position;
    else if (this.#mayHaveMore) this.reach = row.position + (this.#direction === 'older' ? -1n : 1n);
    else this.reach = undefined;
    return row;
  }

  #readPage(): void {
    this.#page = this.#read.all(this.#low, this.#high, ...this.#spec.parameters, this.#pageRows);
    this.#next = 0;
    this.#mayHaveMore = this.#page.length === this.#pageRows;
    this.reach = this.#page[0]?.position;
    const last = this.#page.at(-1)?.[this.#spec.key];
    if (last === undefined) return;
    if (this.#direction === 'older') this.#high = last - 1n;
    else this.#low = last + 1n;
  }
}

/** Adds rows of all strands to `rows` in the order of positions, until there are `limit`. */
export function merge(strands: readonly Strand[], direction: Direction, limit: number, rows: EventRow[]): void {
  while (rows.length < limit) {
    const next = foremost(strands, direction);
    if (next === undefined) return;
    const row = next.take();
    if (row !== undefined) rows.push(row);
  }
}

function foremost(strands: readonly Strand[], direction: Direction): Strand | undefined {
  let best: Strand | undefined;
  let bestReach = 0n;
  for (const strand of strands) {
    const { reach } = strand;
    if (reach === undefined) continue;
    if (best !== undefined && (direction === 'older' ? reach <= bestReach : reach >= bestReach)) continue;
    best = strand;
    bestReach = reach;
  }
  return best;
}
