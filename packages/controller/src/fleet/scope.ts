/** Which hosts a person means: all that match every field that is given; empty means every host. */
import { globMatcher } from '@fleetvisor/primitives';

export interface Scope {
  /** Names or globs: any of them. */
  readonly hosts: readonly string[];
  /** Host groups: any of them. */
  readonly hostGroups: readonly string[];
  /** Selectors on labels: all of them. */
  readonly labels: readonly string[];
}

export const everyHost: Scope = { hosts: [], hostGroups: [], labels: [] };

/** Names, patterns and host groups of a scope that no host has: a slip of the pen more often than a wish. */
export function unmatchedNames(
  scope: Scope,
  hosts: readonly { readonly name: string; readonly hostGroups: readonly string[] }[],
): readonly string[] {
  const names = scope.hosts.filter((pattern) => {
    const matches = globMatcher(pattern);
    return !hosts.some((host) => matches(host.name));
  });
  const groups = scope.hostGroups.filter((group) => !hosts.some((host) => host.hostGroups.includes(group)));
  return [...names.map((name) => `'${name}'`), ...groups.map((group) => `host group '${group}'`)];
}
