/**
 * The rows of the spool as values, and what dropping does to them. Pure. A row covers firstSeq..seq: one event, or, as a
 * tombstone, all the events that it stands for. In order, rows cover every number without a gap.
 *
 * A tombstone has the number of the last event it stands for. So an acknowledged number is always that of an event that
 * was sent, and whoever finds a gap finds its reason in the very next event.
 */
import { EventBody } from '@fleetvisor/protocol/common';
import { tombstoneImportance } from './importance.ts';

export interface SeqRange {
  readonly firstSeq: bigint;
  readonly seq: bigint;
}

export interface SpoolRow extends SeqRange {
  /** Unix microseconds. */
  readonly atUs: bigint;
  readonly importance: number;
  /** An encoded EventBody. */
  readonly body: Uint8Array;
}

/** What a row costs beside its body, about: its columns and its place in the index. */
export const rowOverheadBytes = 40;

export function rowBytes(row: SpoolRow): number {
  return row.body.length + rowOverheadBytes;
}

/** How many events of each kind. */
export type KindCounts = ReadonlyMap<string, bigint>;

/**
 * @param kinds of the events that it stands for; together as many as there are numbers.
 * @param atUs when they were dropped.
 */
export function tombstone({ firstSeq, seq }: SeqRange, kinds: KindCounts, atUs: bigint): SpoolRow {
  const counts = [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => ({ kind, count }));
  const value = { ranges: [{ first: firstSeq, last: seq }], count: seq - firstSeq + 1n, kinds: counts };
  const body = EventBody.encode({ kind: { $case: 'eventsDropped', value } }).finish();
  return { firstSeq, seq, atUs, importance: tombstoneImportance, body };
}

/** What dropping these bodies has to tell: of a tombstone what it tells already. */
export function kindsOf(bodies: Iterable<Uint8Array>): KindCounts {
  const counts = new Map<string, bigint>();
  const add = (kind: string, count: bigint) => counts.set(kind, (counts.get(kind) ?? 0n) + count);
  for (const body of bodies) {
    const { kind } = EventBody.decode(body);
    if (kind?.$case === 'eventsDropped') for (const each of kind.value.kinds) add(each.kind, each.count);
    else add(kind?.$case ?? 'unknown', 1n);
  }
  return counts;
}

/** Rows in order, those together that touch. Each run covers from the first of its first row to the last of its last. */
export function runsOf<Row extends SeqRange>(rows: readonly Row[]): Row[][] {
  const runs: Row[][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1)?.seq === row.firstSeq - 1n) run.push(row);
    else runs.push([row]);
  }
  return runs;
}

/** The numbers that a run covers. */
export function rangeOf(run: readonly SeqRange[]): SeqRange {
  return { firstSeq: run[0]?.firstSeq ?? 0n, seq: run.at(-1)?.seq ?? 0n };
}

/**
 * Drops events until `freeBytes` are free or nothing is left to drop: the least important first, among those the oldest.
 * @param rows in order.
 * @returns rows in order that cover the same numbers.
 */
export function dropLeastImportant(rows: readonly SpoolRow[], freeBytes: number, atUs: bigint): SpoolRow[] {
  const candidates = rows
    .filter((row) => row.importance !== tombstoneImportance)
    .toSorted((a, b) => a.importance - b.importance || Number(a.seq - b.seq));
  const dropped = new Set<SpoolRow>();
  let freed = 0;
  for (const row of candidates) {
    if (freed >= freeBytes) break;
    dropped.add(row);
    freed += rowBytes(row);
  }
  const kept = rows.filter((row) => !dropped.has(row) && row.importance !== tombstoneImportance);
  const gone = rows.filter((row) => dropped.has(row) || row.importance === tombstoneImportance);
  const tombstones = runsOf(gone).map((run) => tombstone(rangeOf(run), kindsOf(run.map(({ body }) => body)), atUs));
  return [...kept, ...tombstones].toSorted((a, b) => Number(a.seq - b.seq));
}

/** At least one row, else as many as fit. */
export function firstBytes(rows: readonly SpoolRow[], bytesMax: number): readonly SpoolRow[] {
  let sum = 0;
  const tooMany = rows.findIndex((row, i) => {
    sum += row.body.length;
    return i > 0 && sum > bytesMax;
  });
  return tooMany < 0 ? rows : rows.slice(0, tooMany);
}
