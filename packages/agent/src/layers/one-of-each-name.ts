/** Which of the parsed process groups there can be. */
import type { ProcessGroupSpec } from '@fleetvisor/config';

/** The first of each name, as in Supervisor, which parses the others all the same. */
export function oneOfEachName(groups: readonly ProcessGroupSpec[]): readonly ProcessGroupSpec[] {
  const first = new Map<string, ProcessGroupSpec>();
  for (const group of groups) if (!first.has(group.name)) first.set(group.name, group);
  return [...first.values()];
}
