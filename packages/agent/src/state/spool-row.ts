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

/** @param atUs when the events were dropped. */
export function tombstone(firstSeq: bigint, seq: bigint, atUs: bigint): SpoolRow {
  const body = EventBody.encode(
    EventBody.fromPartial({
      kind: {
        $case: 'eventsDropped',
        value: { ranges: [{ first: firstSeq, last: seq }], count: seq - firstSeq + 1n },
      },
    }),
  ).finish();
  return { firstSeq, seq, atUs, importance: tombstoneImportance, body };
}

/** Ranges in order, with neighbours that touch made one. */
export function joinRanges(ranges: readonly SeqRange[]): SeqRange[] {
  const joined: SeqRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && last.seq + 1n === range.firstSeq) {
      joined[joined.length - 1] = { firstSeq: last.firstSeq, seq: range.seq };
    } else {
      joined.push(range);
    }
  }
  return joined;
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
  const tombstones = joinRanges(gone).map(({ firstSeq, seq }) => tombstone(firstSeq, seq, atUs));
  return [...kept, ...tombstones].toSorted((a, b) => Number(a.seq - b.seq));
}
