/** Several fleet files on one host, beside the host's own programs: what may not be defined twice. */

import type { ConfigWarning } from './daemon-specs.ts';
import type { FleetDefinition, FleetFile } from './fleet-file.ts';
import type { ConfigProblem } from './problem.ts';
import { byPriorityAndName } from './sections/process-groups.ts';
import type { ProcessGroupSpec, Source } from './specs.ts';
import { byText } from './text-order.ts';

export type FleetLayerResult =
  | { readonly ok: true; readonly groups: readonly ProcessGroupSpec[]; readonly warnings: readonly ConfigWarning[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** One layer of all files, in the order of their names: the groups by (priority, name), or what two of them define. */
export function mergeFleetFiles(files: readonly FleetFile[]): FleetLayerResult {
  const problems: ConfigProblem[] = [];
  const defined = new Map<string, FleetDefinition>();
  const sorted = files.toSorted((a, b) => byText(a.file, b.file));
  for (const file of sorted) {
    for (const definition of file.definitions) {
      const first = namesOf(definition).flatMap((name) => defined.get(name) ?? [])[0];
      if (first !== undefined && first.source.file !== definition.source.file) {
        problems.push(clash(definition, sectionOf(first), first.source, 'defined in one fleet config file alone'));
      }
      for (const name of namesOf(definition)) if (!defined.has(name)) defined.set(name, definition);
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    groups: sorted.flatMap((file) => file.groups).toSorted(byPriorityAndName),
    warnings: sorted.flatMap((file) => file.warnings),
  };
}

/**
 * Programs and process groups that the fleet layer and the host's own files both have. An offer with any of them is
 * refused as a whole: which of the two would run is not for a rule to guess.
 */
export function findLayerClashes(
  local: readonly ProcessGroupSpec[],
  fleet: readonly ProcessGroupSpec[],
): readonly ConfigProblem[] {
  const groups = new Map<string, ProcessGroupSpec>();
  const programs = new Map<string, Source>();
  for (const group of local) {
    if (!groups.has(group.name)) groups.set(group.name, group);
    for (const { program, source } of group.processes) if (!programs.has(program)) programs.set(program, source);
  }
  const problems: ConfigProblem[] = [];
  for (const group of fleet) {
    const same = groups.get(group.name);
    if (same !== undefined) {
      problems.push(clash(group, `${same.kind}:${same.name}`, same.source, LOCAL_OR_FLEET));
      continue;
    }
    for (const { program, kind, source } of new Map(group.processes.map((each) => [each.program, each])).values()) {
      const place = programs.get(program);
      if (place === undefined) continue;
      problems.push(clash({ kind, name: program, source }, `program ${program}`, place, LOCAL_OR_FLEET));
    }
  }
  return problems;
}

const LOCAL_OR_FLEET = "defined either in the host's own files or in the fleet's";

/** Programs and process groups are two sets of names; a program is in both, also where a group takes it in. */
function namesOf({ kind, name }: FleetDefinition): string[] {
  return kind === 'group' ? [`group ${name}`] : [`program ${name}`, `group ${name}`];
}

function sectionOf({ kind, name }: Pick<FleetDefinition, 'kind' | 'name'>): string {
  return `${kind}:${name}`;
}

function clash(
  second: Pick<FleetDefinition, 'kind' | 'name' | 'source'>,
  firstSection: string,
  first: Source,
  allowed: string,
): ConfigProblem {
  const message = `${second.name} is also defined by ${firstSection} in ${first.file}:${first.line}`;
  return { ...second.source, section: sectionOf(second), option: undefined, message, allowed };
}
