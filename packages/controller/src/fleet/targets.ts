/** Lists of targets, as people give them, against the processes of a host. One target is read by `namespecMatcher`. */
import { namespecMatcher } from '@fleetvisor/config';
import type { ProcessName } from './process-status.ts';

/** Whether any of the targets names the process; no targets at all name every process. */
export function targetsMatcher(targets: readonly string[]): (process: ProcessName) => boolean {
  if (targets.length === 0) return () => true;
  const matchers = targets.map(namespecMatcher);
  return (process) => matchers.some((matches) => matches(process));
}

/** Those of the targets that name none of the processes. */
export function unmatchedTargets(targets: readonly string[], processes: readonly ProcessName[]): readonly string[] {
  return targets.filter((target) => !processes.some(namespecMatcher(target)));
}
