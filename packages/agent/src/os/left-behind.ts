/** Programs of an agent that ended without stopping them: they still hold its pipes. To be asked before the pipes are removed. */
import { readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { KnownChild } from '../supervision/ports.ts';
import { readProcStat } from './proc-stat.ts';
import { readRunLabel, runLabelOf } from './run-label.ts';

/** One run of a process, by its pipes. */
export interface LeftBehind {
  /** Of its pipes: see run-label.ts. */
  readonly label: string;
  /** Of the process, as `group:name`, or short when they are equal. */
  readonly name: string;
  readonly run: number;
  /** What the agent has started; undefined when that has ended. */
  readonly child: KnownChild | undefined;
  /**
   * Of the program and of what it has started, as far as they share one of its three streams. Empty when nobody is left:
   * the agent had no time to see its end.
   */
  readonly pids: readonly number[];
}

/** @param pipeFolder of the earlier agent, which had the same data folder */
export function findLeftBehind(pipeFolder: string): readonly LeftBehind[] {
  const labels = namesIn(pipeFolder)
    .map(runLabelOf)
    .filter((label) => label !== '');
  if (labels.length === 0) return [];
  const found = new Map<string, number[]>(labels.map((label) => [label, []]));
  for (const entry of namesIn('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const fifo = FDS.map((fd) => linkAt(`/proc/${entry}/fd/${fd}`)).find((path) => path?.startsWith(`${pipeFolder}/`));
    if (fifo === undefined) continue;
    // Of one that has been removed the kernel says so behind its name.
    const label = runLabelOf(basename(fifo).replace(/ \(deleted\)$/, ''));
    if (label !== '') found.set(label, [...(found.get(label) ?? []), Number(entry)]);
  }
  return [...found].map(([label, pids]) => ({ label, ...readRunLabel(label), child: leaderOf(pids), pids }));
}

/** Of a FastCGI program the first is a socket. */
const FDS = [0, 1, 2];

/** What the agent itself starts leads a session; what that starts seldom does. The oldest, where there are several. */
function leaderOf(pids: readonly number[]): KnownChild | undefined {
  const leaders = pids
    .map(readProcStat)
    .filter((stat) => stat !== undefined && stat.session === stat.pid && stat.state !== 'Z')
    .map((stat) => ({ pid: stat?.pid ?? 0, startTicks: stat?.startTicks ?? 0n }));
  return leaders.toSorted((a, b) => Number(a.startTicks - b.startTicks))[0];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // there was no earlier agent
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // it has ended, or it is another user's
  }
}
