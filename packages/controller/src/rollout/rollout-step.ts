/** The course of a rollout as people see it. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { TargetResult } from '../fleet/action.ts';
import type { GenerationRef } from '../fleet/generation.ts';
import type { RevisionRecord } from '../store/configs.ts';
import type { HostTaskState, RolloutState } from '../store/rollouts.ts';

/** One step of a rollout's course: `planned`, then one per change of a host, at last `ended`; or `refused` alone. */
export type RolloutStep =
  | {
      readonly kind: 'planned';
      /** Empty for a dry run, and when nothing changes. */
      readonly rolloutId: string;
      readonly revision: RevisionRecord;
      /** Names of hosts that get another desired state. */
      readonly targets: readonly string[];
      /** Those of them that are not connected. */
      readonly offline: readonly string[];
      /** The same content and selector as the newest, and every host has it: nothing is stored and nothing happens. */
      readonly unchanged: boolean;
    }
  | {
      readonly kind: 'host';
      readonly hostId: string;
      readonly host: string;
      readonly state: HostTaskState;
      readonly problems: readonly ConfigProblem[];
      readonly results: readonly TargetResult[];
      readonly to: GenerationRef;
    }
  | { readonly kind: 'ended'; readonly rolloutId: string; readonly state: RolloutState; readonly reason: string }
  /** The file was not accepted; nothing was stored. */
  | { readonly kind: 'refused'; readonly problems: readonly ConfigProblem[] };
