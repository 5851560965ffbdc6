/**
 * How each process was left by an agent that was killed: as it had written down, and the runs after that, which it had no
 * time to write down and which are found by their pipes. Pure.
 */
import { formatNamespec } from '@fleetvisor/config';
import { type Instant, instant } from '@fleetvisor/primitives';
import type { LeftLife, LeftProcess } from '../state/agent-life.ts';
import type { KnownChild } from '../supervision/ports.ts';
import { childOf, neverStarted, runId } from '../supervision/process/state.ts';
import type { LaterRun, LeftRecord } from '../supervision/process-record.ts';
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

/** With the AUTO logs that are its own. */
export type Left = LeftProcess & LeftRecord;

export type LeftRecords = (name: ProcessName) => Left | undefined;

/** What an agent goes on with of a process; undefined when it has ended and nobody was told yet. */
export function childLeft({ state, child, later }: Left): KnownChild | undefined {
  const last = later.at(-1);
  if (last !== undefined) return last.child;
  return childOf(state) === undefined ? undefined : child;
}

export function leftRecords(
  left: LeftLife | undefined,
  found: readonly FoundRun[],
  isAlive: (child: KnownChild) => boolean,
  moment: Moment,
): LeftRecords {
  const runsOf = Map.groupBy(found, ({ name }) => name);
  return (name) => {
    const record = left?.process(name);
    // While the child that is written down lives there was no other run after it.
    const isUpToDate = record?.child !== undefined && isAlive(record.child);
    const runs = isUpToDate ? [] : laterRuns(runsOf.get(formatNamespec(name)) ?? [], left, record);
    const later = runs.map((run) => laterRun(run, moment));
    const [first] = later;
    if (record !== undefined) return { ...record, later };
    return first && { ...nothingWritten, state: neverStarted(runId(first.run - 1)), later };
  };
}

const nothingWritten = {
  facts: { startedAtUs: 0n, stoppedAtUs: 0n, lastExit: undefined, crashCount: 0 },
  child: undefined,
  autoLogs: {},
};

/**
 * In order. A child that lives tells more than pipes: what has a greater number is of an older count of runs. A child of a
 * run that is written down as over is none of ours: what a program leaves running may lead a session, too.
 */
function laterRuns(
  found: readonly FoundRun[],
  left: LeftLife | undefined,
  record: LeftProcess | undefined,
): readonly FoundRun[] {
  const inOrder = found.filter(({ run }) => run > (record?.state.run ?? 0)).toSorted((a, b) => a.run - b.run);
  const living = inOrder.findLast(({ child }) => child !== undefined);
  // Pipes without a child are those of this life alone where it is known: on a disk they outlast a boot.
  if (left === undefined) return living === undefined ? [] : [living];
  if (record === undefined) return [living ?? inOrder.at(-1)].filter((run) => run !== undefined);
  return living === undefined ? inOrder : inOrder.filter(({ run }) => run <= living.run);
}

/** Ticks of the kernel are hundredths of a second on every Linux that users see (USER_HZ). */
const MICROSECONDS_PER_TICK = 10_000n;

function laterRun({ run, child }: FoundRun, { now, wallTimeUs }: Moment): LaterRun {
  const since = child && instant(Math.min(now, Number(child.startTicks * MICROSECONDS_PER_TICK)));
  const startedAtUs = wallTimeUs - BigInt(Math.round(now - (since ?? now)));
  return { run: runId(run), pid: child?.pid ?? 0, since, child, startedAtUs };
}
