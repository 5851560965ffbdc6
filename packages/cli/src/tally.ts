/** What a command came to over all its hosts: the totals, and the exit code they make. Pure. */
import type { HostReport, Outcome, TargetResult } from './client/command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';

/** Counts of processes; of hosts where a host has no result of its own processes. */
export interface Tally {
  readonly ok: number;
  readonly failed: number;
  readonly offline: number;
  readonly noMatch: number;
  /** The host went away while it was at it. */
  readonly unknown: number;
  /** Time was up before it was done. */
  readonly stillRunning: number;
}

export const emptyTally: Tally = { ok: 0, failed: 0, offline: 0, noMatch: 0, unknown: 0, stillRunning: 0 };

type Count = keyof Tally;

const countOfOutcome = {
  ok: 'ok',
  'no-change': 'ok',
  failed: 'failed',
  rejected: 'failed',
  expired: 'failed',
  cancelled: 'failed',
  'host-offline': 'offline',
  unknown: 'unknown',
  // Counted by target, once all hosts have answered: that one host has no `cat` is no mistake where another has.
  'no-match': undefined,
} as const satisfies Record<Outcome, Count | undefined>;

export function isTrouble(outcome: Outcome): boolean {
  return outcome !== 'ok' && outcome !== 'no-change' && outcome !== 'no-match';
}

/** The counts of one host's report. */
export function tallyOf(report: HostReport): Tally {
  const outcomes = report.results.length > 0 ? outcomesByProcess(report.results) : [report.outcome];
  // A host that fails as a whole has not done what its results do not speak of.
  if (isTrouble(report.outcome) && !outcomes.some(isTrouble)) outcomes.push(report.outcome);
  const tally = { ...emptyTally };
  for (const outcome of outcomes) {
    const count = countOfOutcome[outcome];
    if (count !== undefined) tally[count]++;
  }
  return tally;
}

/** A restart has two results for a process: it counts once, as the one that went wrong. */
function outcomesByProcess(results: readonly TargetResult[]): Outcome[] {
  const outcomes = new Map<string, Outcome>();
  for (const { target, process, outcome } of results) {
    const key = process === undefined ? target : `${process.group}:${process.name}`;
    const before = outcomes.get(key);
    if (before === undefined || !isTrouble(before)) outcomes.set(key, outcome);
  }
  return [...outcomes.values()];
}

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    ok: a.ok + b.ok,
    failed: a.failed + b.failed,
    offline: a.offline + b.offline,
    noMatch: a.noMatch + b.noMatch,
    unknown: a.unknown + b.unknown,
    stillRunning: a.stillRunning + b.stillRunning,
  };
}

/** The worst that a script should hear of. */
export function exitCodeOfTally({ ok, failed, offline, noMatch, unknown, stillRunning }: Tally): ExitCode {
  if (failed > 0) return ok > 0 ? exitCode.partial : exitCode.error;
  if (stillRunning > 0) return exitCode.timeout;
  if (noMatch > 0) return ok > 0 ? exitCode.partial : exitCode.noMatch;
  return offline > 0 || unknown > 0 ? exitCode.unreachable : exitCode.ok;
}

/** `ok 2, failed 1, offline 0, no match 0`, and the rarer counts where there are any. */
export function totalsLine(tally: Tally): string {
  const { ok, failed, offline, noMatch, unknown, stillRunning } = tally;
  const rare = [
    ...(unknown > 0 ? [`unknown ${unknown}`] : []),
    ...(stillRunning > 0 ? [`still running ${stillRunning}`] : []),
  ];
  return [`ok ${ok}`, `failed ${failed}`, `offline ${offline}`, `no match ${noMatch}`, ...rare].join(', ');
}
