/** Which targets of a command named nothing, judged once all hosts have answered. Pure. */
import type { HostReport, Outcome } from './client/command.ts';

/** From such a host nobody learns what it has. */
const saysNothing: readonly Outcome[] = ['host-offline', 'unknown', 'expired', 'cancelled', 'rejected'];

/**
 * Targets that every host that could say so says it does not have. Empty when no host could: a name is not wrong
 * because its host is away.
 */
export function unmatchedTargets(targets: readonly string[], reports: readonly HostReport[]): readonly string[] {
  const answers = reports.filter((report) => !saysNothing.includes(report.outcome));
  if (answers.length === 0) return [];
  return targets.filter((target) => answers.every((report) => isUnmatchedOn(target, report)));
}

function isUnmatchedOn(target: string, { outcome, results }: HostReport): boolean {
  if (results.length === 0) return outcome === 'no-match';
  return results.some((result) => result.outcome === 'no-match' && result.target === target);
}
