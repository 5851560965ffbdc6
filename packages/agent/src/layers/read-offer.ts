/** The files of an offer to process groups, checked against each other and against the host's own. */
import {
  type ConfigProblem,
  type DaemonSpec,
  findLayerClashes,
  mergeFleetFiles,
  type ParseContext,
  type ProcessGroupSpec,
  parseFleetFile,
} from '@fleetvisor/config';
import type { Offer } from '../bridge/port.ts';

/** The offer's files as process groups beside the host's own (`local`), or all that is wrong with them. */
export type ReadOffer = (
  files: Offer['files'],
  local: readonly ProcessGroupSpec[],
) =>
  | { readonly ok: true; readonly groups: readonly ProcessGroupSpec[] }
  | {
      readonly ok: false;
      readonly problems: readonly ConfigProblem[];
      /** Of the files that can be read, the groups that nothing stands against. */
      readonly sound: readonly ProcessGroupSpec[];
    };

/**
 * @param daemon the host's [supervisord] as the agent was started with it: its environment is every program's until the
 * agent is started anew, so that an offer restarts what changed in it and not what changed around it
 */
export function offerReader(context: ParseContext, daemon: Pick<DaemonSpec, 'environment'>): ReadOffer {
  return (files, local) => {
    const parsed = files.map((file) => parseFleetFile({ file: file.name, text: file.content }, context, daemon));
    const unread = parsed.flatMap((result) => (result.ok ? [] : result.problems));
    const merged = mergeFleetFiles(parsed.flatMap((result) => (result.ok ? [result.fleetFile] : [])));
    if (!merged.ok) return { ok: false, problems: [...unread, ...merged.problems], sound: [] };
    const objections = merged.groups.map((group) => findLayerClashes(local, [group]));
    const problems = [...unread, ...objections.flat()];
    if (problems.length === 0) return { ok: true, groups: merged.groups };
    return { ok: false, problems, sound: merged.groups.filter((_, index) => objections[index]?.length === 0) };
  };
}
