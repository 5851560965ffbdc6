/** The files of an offer to process groups, checked against each other, against the host's own, and against what this version runs. */
import {
  type ConfigProblem,
  type DaemonSpec,
  findLayerClashes,
  mergeFleetFiles,
  type ParseContext,
  type ProcessGroupSpec,
  parseFleetFile,
} from '@fleetvisor/config';
import type { ReadOffer } from './fleet-layer.ts';

/** @param daemon the host's [supervisord], whose environment every program gets */
export function offerReader(context: ParseContext, daemon: DaemonSpec): ReadOffer {
  return (files, local) => {
    const parsed = files.map((file) => parseFleetFile({ file: file.name, text: file.content }, context, daemon));
    const problems = parsed.flatMap((result) => (result.ok ? [] : result.problems));
    if (problems.length > 0) return { ok: false, problems };
    const merged = mergeFleetFiles(parsed.flatMap((result) => (result.ok ? [result.fleetFile] : [])));
    if (!merged.ok) return merged;
    const refused = [...findLayerClashes(local, merged.groups), ...unsupported(merged.groups)];
    return refused.length > 0 ? { ok: false, problems: refused } : { ok: true, groups: merged.groups };
  };
}

/** A host that would quietly leave out a program it was given is not in its desired state: the offer is refused. */
function unsupported(groups: readonly ProcessGroupSpec[]): readonly ConfigProblem[] {
  return groups
    .filter((group) => group.kind === 'eventlistener' || group.kind === 'fcgi-program')
    .map((group) => ({
      ...group.source,
      section: `${group.kind}:${group.name}`,
      option: undefined,
      message: `this version of fleet-agent does not run [${group.kind}:...]`,
      allowed: '[program:...] and [group:...]',
    }));
}
