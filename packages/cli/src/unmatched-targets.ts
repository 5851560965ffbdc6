/** Which targets of a command named nothing, judged once all hosts have answered. Pure. */
import type { HostReport, Outcome } from './client/command.ts';

/** From such a host nobody learns what it has. */
const saysNothing: readonly Outcome[] = ['host-offline', 'unknown', 'expired', 'cancelled', 'rejected'];

export interface Unmatched {
  /** Targets that no host in scope has: each has said so. */
  readonly nowhere: readonly string[];
  /** Targets that no host has which could say so, while others could not be asked and may have them. */
  readonly undecided: readonly Undecided[];
}

export interface Undecided {
  readonly target: string;
  /** Those that could not say, by name. */
  readonly hosts: readonly string[];
}

export const noneUnmatched: Unmatched = { nowhere: [], undecided: [] };

/** Both empty when no host could be asked at all: what is wrong then is told of each of them. */
export function unmatchedTargets(targets: readonly string[], reports: readonly HostReport[]): Unmatched {
  const answers = reports.filter((report) => !saysNothing.includes(report.outcome));
  if (answers.length === 0) return noneUnmatched;
  const unmatched = targets.filter((target) => answers.every((report) => isUnmatchedOn(target, report)));
  const silent = reports.filter((report) => saysNothing.includes(report.outcome)).map(({ host }) => host);
  if (silent.length === 0) return { nowhere: unmatched, undecided: [] };
  const hosts = silent.toSorted();
  return { nowhere: [], undecided: unmatched.map((target) => ({ target, hosts })) };
}

/** Of commands that were given to several groups of hosts. */
export function joinUnmatched(parts: readonly Unmatched[]): Unmatched {
  return {
    nowhere: parts.flatMap(({ nowhere }) => nowhere),
    undecided: parts.flatMap(({ undecided }) => undecided),
  };
}

function isUnmatchedOn(target: string, { outcome, results }: HostReport): boolean {
  if (results.length === 0) return outcome === 'no-match';
  return results.some((result) => result.outcome === 'no-match' && result.target === target);
}
