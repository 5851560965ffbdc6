/** Which hosts a person means. Matching is the controller's. */

/** All that match every field that is given; empty means every host. */
export interface Scope {
  /** Names or globs: any of them. */
  readonly hosts: readonly string[];
  /** Host groups: any of them. */
  readonly hostGroups: readonly string[];
  /** Selectors on labels: all of them. */
  readonly labels: readonly string[];
}

export const everyHost: Scope = { hosts: [], hostGroups: [], labels: [] };

/** Whether the scope leaves every host in. */
export function isEveryHost({ hosts, hostGroups, labels }: Scope): boolean {
  return hosts.length === 0 && hostGroups.length === 0 && labels.length === 0;
}

/** The scope as its flags, for messages; `any host` without one. */
export function describeScope(scope: Scope): string {
  if (isEveryHost(scope)) return 'any host';
  const hosts = scope.hosts.map((host) => `--host ${host}`);
  const groups = scope.hostGroups.map((group) => `--group ${group}`);
  const labels = scope.labels.map((label) => `-l ${label}`);
  return [...hosts, ...groups, ...labels].join(' ');
}
