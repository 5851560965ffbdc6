/** What config files mean, judged on this machine as the controller judges them. */
import {
  type ConfigProblem,
  diffGroups,
  type FleetFile,
  type GroupDiff,
  neutralContext,
  parseFleetFile,
} from '@fleetvisor/config';

export interface ConfigSource {
  readonly file: string;
  readonly text: Uint8Array;
}

export type Judgement =
  | { readonly ok: true; readonly fleetFile: FleetFile }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export function judge({ file, text }: ConfigSource): Judgement {
  return parseFleetFile({ file, text }, neutralContext());
}

/** What a host would add, change and remove; undefined where one of the two cannot be read. */
export function groupChanges(before: ConfigSource, after: ConfigSource): GroupDiff | undefined {
  const active = judge(before);
  const wanted = judge(after);
  return active.ok && wanted.ok ? diffGroups(active.fleetFile.groups, wanted.fleetFile.groups) : undefined;
}
