/** The agent before this one, where it ended without stopping its programs: what it had written down, and what is left of it. */
import type { Clock } from '@fleetvisor/primitives';
import { isAlive } from '../os/adopted-children.ts';
import { findLeftBehind, type LeftBehind } from '../os/left-behind.ts';
import { runLabel } from '../os/run-label.ts';
import type { AgentLife, LeftLife } from '../state/agent-life.ts';
import type { KnownChild } from '../supervision/ports.ts';
import { childOf } from '../supervision/process/state.ts';
import { type LeftRecords, leftRecords } from './left-records.ts';

export interface Predecessor {
  /** Undefined when it ended in an orderly way, in another life of the machine, or before it could write anything. */
  readonly left: LeftLife | undefined;
  /** Its pipes, and whoever holds them. */
  readonly found: readonly LeftBehind[];
  readonly records: LeftRecords;
  /** Whether that very process still runs. */
  readonly isAlive: (child: KnownChild) => boolean;
  /** How many programs it had written down that still run. */
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
  return { find: () => findLeftBehind(pipeFolder), isAlive };
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
      const record = left?.process({ group, name });
      return record === undefined || childOf(record.state) === undefined ? [] : [{ group, name, record }];
    });
  const labels = running.map(({ group, name, record }) => runLabel({ spec: { group, name }, run: record.state.run }));
  return {
    ...{ left, found, records, isAlive },
    livingCount: running.filter(({ record: { child } }) => child !== undefined && isAlive(child)).length,
    pipeLabels: new Set([...labels, ...found.map(({ label }) => label)]),
  };
}

/** What still runs of it and nobody takes over: another program's name, or only what a program had started. */
export function leftAlone({ found }: Predecessor, adopted: ReadonlySet<string>): readonly LeftBehind[] {
  return found.filter(({ name, child, pids }) => pids.length > 0 && (child === undefined || !adopted.has(name)));
}
