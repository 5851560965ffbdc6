/** Which hosts a person means: all that match every field that is given; empty means every host. */
export interface Scope {
  /** Names or globs: any of them. */
  readonly hosts: readonly string[];
  /** Host groups: any of them. */
  readonly hostGroups: readonly string[];
  /** Selectors on labels: all of them. */
  readonly labels: readonly string[];
}

export const everyHost: Scope = { hosts: [], hostGroups: [], labels: [] };
