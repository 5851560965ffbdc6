/** Which hosts are meant. A host is meant when it matches every field that is given; lists inside a field are alternatives. */
export interface Selector {
  /** Names or globs: any of them. */
  readonly hosts: readonly string[];
  /** Host groups: any of them. */
  readonly hostGroups: readonly string[];
  /** `key=value`, `key in (a,b)`, `key`, `!key`: all of them. */
  readonly labels: readonly string[];
  /** Every host, said on purpose; then no other field is given. */
  readonly all: boolean;
}
