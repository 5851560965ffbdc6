/** The agent before this one, where it ended without stopping its programs: what it had written down, and what is left of it. */
import { formatNamespec } from '@fleetvisor/config';
import type { Clock } from '@fleetvisor/primitives';
import { isThere } from '../os/known-child.ts';
import { findLeftBehind, type LeftBehind } from '../os/left-behind.ts';
import { runLabel } from '../os/run-label.ts';
import type { AgentLife, LeftLife } from '../state/agent-life.ts';
import type { KnownChild } from '../supervision/ports.ts';
import { childOf } from '../supervision/process/state.ts';
import { childLeft, type LeftRecords, leftRecords } from './left-records.ts';

export interface Predecessor {
  /** Undefined when it ended in an orderly way, in another life of the machine, or before it could write anything. */
  readonly left: LeftLife | undefined;
  /** Its pipes, and whoever holds them. */
  readonly found: readonly LeftBehind[];
  readonly records: LeftRecords;
  /** Whether that very process still runs. */
  readonly isAlive: (child: KnownChild) => boolean;
  /** How many of its programs still run. */
  readonly livingCount: number;
  /** Of the runs that may be adopted: their pipes must stay. */
  readonly pipeLabels: ReadonlySet<string>;
}

/** What the machine tells of processes that an earlier agent has started. */
export interface Traces {
  /** Its pipes, and whoever holds them. */
  find(): readonly LeftBehind[];
  isAlive(child: KnownChild): boolean;
}

export function tracesIn(pipeFolder: string): Traces {
  return { find: () => findLeftBehind(pipeFolder), isAlive: isThere };
}

/**
 * Of a life of the agent in this very process: it has written everything down in the moment in which it ended, and nobody has
 * to be looked for among all the processes of the machine. Each child is looked at once: it stays there until we reap it.
 */
export function tracesWrittenDown(): Traces {
  const seen = new Map<number, boolean>();
  const look = (child: KnownChild) => {
    const isAlive = isThere(child);
    seen.set(child.pid, isAlive);
    return isAlive;
  };
  return { find: () => [], isAlive: (child) => seen.get(child.pid) ?? look(child) };
}

/** To be called before its pipes are removed. */
export function findPredecessor(life: AgentLife, traces: Traces, clock: Clock): Predecessor {
  const { isAlive } = traces;
  const left = life.left();
  const found = traces.find();
  const records = leftRecords(left, found, isAlive, { now: clock.now(), wallTimeUs: clock.wallTimeUs() });
  const running = (left?.groups ?? [])
    .flatMap(({ spec }) => spec.processes)
    .flatMap(({ group, name }) => {
      const record = records({ group, name });
      return record === undefined ? [] : [{ group, name, record }];
    });
  const withChild = running.filter(({ record: { state } }) => childOf(state) !== undefined);
  const labels = withChild.map(({ group, name, record }) => runLabel({ spec: { group, name }, run: record.state.run }));
  return {
    ...{ left, found, records, isAlive },
    livingCount: running.map(({ record }) => childLeft(record)).filter((child) => child && isAlive(child)).length,
    pipeLabels: new Set([...labels, ...found.map(({ label }) => label)]),
  };
}

/** What still runs of it and nobody takes over: another program's name, or only what a program had started. */
export function leftAlone({ left, found }: Predecessor, adopted: ReadonlySet<string>): readonly LeftBehind[] {
  return found.filter((run) => {
    if (run.pids.length === 0 || (run.child !== undefined && adopted.has(run.name))) return false;
    return !isOver(run, left);
  });
}

/** A run that was seen to end, of a program that there still is: what it has left running is its own affair, as ever. */
function isOver({ name, run }: LeftBehind, left: LeftLife | undefined): boolean {
  const known = (left?.groups ?? [])
    .flatMap(({ spec }) => spec.processes)
    .find((spec) => formatNamespec(spec) === name);
  const state = known && left?.process(known)?.state;
  return state !== undefined && (run < state.run || (run === state.run && childOf(state) === undefined));
}
