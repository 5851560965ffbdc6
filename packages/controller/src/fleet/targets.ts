/** Supervisor's ways to name processes: `name`, `group:name`, `group:*`, `all`, and globs in either part. */
import { globMatcher } from '@fleetvisor/primitives';
import type { ProcessName } from './process-status.ts';

/** Whether one target names the process. `name` alone is `name:name`, as supervisorctl has it; as a glob it is tried on the short name too. */
export function targetMatcher(target: string): (process: ProcessName) => boolean {
  if (target === 'all') return () => true;
  const colon = target.indexOf(':');
  if (colon === -1) {
    const matches = globMatcher(target);
    return ({ group, name }) => matches(group === name ? name : `${group}:${name}`);
  }
  const matchesGroup = globMatcher(target.slice(0, colon));
  const namePattern = target.slice(colon + 1);
  const matchesName = globMatcher(namePattern === '' ? '*' : namePattern);
  return ({ group, name }) => matchesGroup(group) && matchesName(name);
}

/** Whether any of the targets names the process; no targets at all name every process. */
export function targetsMatcher(targets: readonly string[]): (process: ProcessName) => boolean {
  if (targets.length === 0) return () => true;
  const matchers = targets.map(targetMatcher);
  return (process) => matchers.some((matches) => matches(process));
}

/** Those of the targets that name none of the processes. */
export function unmatchedTargets(targets: readonly string[], processes: readonly ProcessName[]): readonly string[] {
  return targets.filter((target) => !processes.some(targetMatcher(target)));
}
