/**
 * How each process was left by an agent that was killed: as it had written down, or, where it had no time for that, as a
 * child that is found by its pipes. Pure.
 */
import { formatNamespec } from '@fleetvisor/config';
import { type Instant, instant } from '@fleetvisor/primitives';
import type { LeftLife, LeftProcess } from '../state/agent-life.ts';
import type { KnownChild } from '../supervision/ports.ts';
import { childOf, runId } from '../supervision/process/state.ts';
import type { ProcessName } from '../supervision/status.ts';

/** A run whose pipes are still there. */
export interface FoundRun {
  /** As `group:name`, or short when they are equal. */
  readonly name: string;
  readonly run: number;
  /** Undefined when it has ended. */
  readonly child: KnownChild | undefined;
}

/** Now, by both clocks. */
export interface Moment {
  readonly now: Instant;
  readonly wallTimeUs: bigint;
}

export type LeftRecords = (name: ProcessName) => LeftProcess | undefined;

export function leftRecords(
  left: LeftLife | undefined,
  found: readonly FoundRun[],
  isAlive: (child: KnownChild) => boolean,
  moment: Moment,
): LeftRecords {
  const newest = new Map<string, FoundRun>();
  for (const run of found) {
    const known = newest.get(run.name);
    if (known === undefined || isBetterProof(run, known)) newest.set(run.name, run);
  }
  return (name) => {
    const record = left?.process(name);
    const run = newest.get(formatNamespec(name));
    // Pipes without a child are those of this life alone where it is known: on a disk they outlast a boot.
    if (run === undefined || (run.child === undefined && left === undefined)) return record;
    // While the child that is written down lives there was no other run after it.
    if (record?.child !== undefined && isAlive(record.child)) return record;
    const isWritten = record !== undefined && record.state.run >= run.run;
    // A run that is written down as over while its child lives would be news to everybody.
    const isKnown = isWritten && (run.child === undefined || childOf(record.state) !== undefined);
    return isKnown ? record : foundRecord(run.run, run.child, record, moment);
  };
}

/** A child that lives tells more than pipes, and later pipes more than earlier ones. */
function isBetterProof(one: FoundRun, other: FoundRun): boolean {
  const [lives, otherLives] = [one.child !== undefined, other.child !== undefined];
  return lives === otherLives ? one.run > other.run : lives;
}

/** Ticks of the kernel are hundredths of a second on every Linux that users see (USER_HZ). */
const MICROSECONDS_PER_TICK = 10_000n;

/** It was started, and nothing more is known: it runs, or its end will be heard of as one that nobody saw. */
function foundRecord(
  run: number,
  child: KnownChild | undefined,
  before: LeftProcess | undefined,
  { now, wallTimeUs }: Moment,
): LeftProcess {
  const since = child === undefined ? now : instant(Math.min(now, Number(child.startTicks * MICROSECONDS_PER_TICK)));
  const startedAtUs = wallTimeUs - BigInt(Math.round(now - since));
  return {
    state: { name: 'RUNNING', run: runId(run), child: { pid: child?.pid ?? 0, since, signalled: [] } },
    facts: {
      startedAtUs,
      stoppedAtUs: before?.facts.stoppedAtUs ?? 0n,
      lastExit: undefined,
      crashCount: before?.facts.crashCount ?? 0,
    },
    child,
    autoLogs: before?.autoLogs ?? {},
  };
}
