/** How people name processes: `name`, `group:name`, `group:*`, `group:`, `all`, and patterns of these. */

import { globMatcher, isGlob } from '@fleetvisor/primitives';

export interface ProcessName {
  readonly group: string;
  readonly name: string;
}

/** As Supervisor shows it: the name alone where the group is called the same. */
export function formatNamespec({ group, name }: ProcessName): string {
  return group === name ? name : `${group}:${name}`;
}

/** `name` is undefined for a whole group (`group:*`, `group:`). A bare name is group and process of the same name. */
export function splitNamespec(namespec: string): { readonly group: string; readonly name: string | undefined } {
  const colon = namespec.indexOf(':');
  if (colon === -1) return { group: namespec, name: namespec };
  const name = namespec.slice(colon + 1);
  return { group: namespec.slice(0, colon), name: name === '' || name === '*' ? undefined : name };
}

/** A test for one namespec. A pattern without colon is held against what `formatNamespec` shows. */
export function namespecMatcher(namespec: string): (process: ProcessName) => boolean {
  if (namespec === 'all') return () => true;
  if (!namespec.includes(':')) {
    if (!isGlob(namespec)) return ({ group, name }) => group === namespec && name === namespec;
    const matches = globMatcher(namespec);
    return (process) => matches(formatNamespec(process));
  }
  const { group, name } = splitNamespec(namespec);
  const matchesGroup = globMatcher(group);
  const matchesName = name === undefined ? () => true : globMatcher(name);
  return (process) => matchesGroup(process.group) && matchesName(process.name);
}

/** Those of the processes that the namespec names, in their order; empty when it names none. */
export function matchNamespec<P extends ProcessName>(namespec: string, processes: readonly P[]): P[] {
  return processes.filter(namespecMatcher(namespec));
}
