/**
 * Appends in columns, for the way to the worker: one buffer holds every body, so that a thousand events are not a
 * thousand objects to clone, and a small slice of a large network buffer does not take the whole of it along.
 */
import type { EventSource, NewEvent } from '../events.ts';

export interface PackedAppend {
  readonly hostId: string;
  readonly host: string;
  readonly epoch: string;
  readonly receivedAtUs: bigint;
  readonly seqs: BigInt64Array<ArrayBuffer>;
  readonly atUs: BigInt64Array<ArrayBuffer>;
  readonly kinds: readonly string[];
  readonly groups: readonly string[];
  readonly processes: readonly string[];
  /** Where each body ends in `bodies`; it begins where the one before it ended. */
  readonly bodyEnds: Uint32Array<ArrayBuffer>;
  readonly bodies: Uint8Array<ArrayBuffer>;
}

/** What came of one append. */
export interface PackedOutcome {
  readonly ackedSeq: bigint;
  /** Which of the events were new, by index in the append. */
  readonly fresh: readonly number[];
  /** Position of the first of them; the others follow one by one. */
  readonly firstPosition: bigint;
  readonly conflicts: readonly bigint[];
}

export function packAppend(source: EventSource, events: readonly NewEvent[], receivedAtUs: bigint): PackedAppend {
  const bodies = new Uint8Array(events.reduce((bytes, event) => bytes + event.body.byteLength, 0));
  const bodyEnds = new Uint32Array(events.length);
  let end = 0;
  events.forEach((event, i) => {
    bodies.set(event.body, end);
    end += event.body.byteLength;
    bodyEnds[i] = end;
  });
  return {
    hostId: source.hostId,
    host: source.host,
    epoch: source.epoch,
    receivedAtUs,
    seqs: BigInt64Array.from(events, (event) => event.seq),
    atUs: BigInt64Array.from(events, (event) => event.atUs),
    kinds: events.map((event) => event.kind),
    groups: events.map((event) => event.group),
    processes: events.map((event) => event.process),
    bodyEnds,
    bodies,
  };
}

/** One event of a packed append; its body is a view, not a copy. */
export function unpackEvent(append: PackedAppend, index: number): NewEvent {
  const begin = index === 0 ? 0 : (append.bodyEnds[index - 1] ?? 0);
  return {
    seq: append.seqs[index] ?? 0n,
    atUs: append.atUs[index] ?? 0n,
    kind: append.kinds[index] ?? '',
    group: append.groups[index] ?? '',
    process: append.processes[index] ?? '',
    body: append.bodies.subarray(begin, append.bodyEnds[index]),
  };
}

/** The buffers that need not be copied on the way. */
export function transferables(appends: readonly PackedAppend[]): ArrayBuffer[] {
  return appends.flatMap((a) => [a.seqs.buffer, a.atUs.buffer, a.bodyEnds.buffer, a.bodies.buffer]);
}
