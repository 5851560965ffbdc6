/** Pushes and rollbacks of config files: checks, plans, stores, and sees the hosts through. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { TargetResult } from '../fleet/action.ts';
import type { GenerationRef } from '../fleet/generation.ts';
import type { Selector } from '../fleet/selector.ts';
import type { RevisionRecord } from '../store/configs.ts';
import type { HostTaskState, RolloutState } from '../store/rollouts.ts';

export interface PushRequest {
  readonly file: string;
  readonly content: Uint8Array;
  /** undefined: that of the newest revision. */
  readonly selector: Selector | undefined;
  readonly message: string;
  /** The revision it was made from; 0n: there is none yet; undefined: whatever is newest. */
  readonly parent: bigint | undefined;
  readonly author: string;
  /** Check and plan; store nothing. */
  readonly dryRun: boolean;
  /** Go on although the selector matches no host yet. */
  readonly allowEmpty: boolean;
  /** How long hosts may take; 0 for five minutes. */
  readonly timeoutMs: number;
}

export interface RollBackRequest {
  readonly file: string;
  /** undefined: the one before the newest. */
  readonly revision: bigint | undefined;
  readonly message: string;
  readonly author: string;
  readonly dryRun: boolean;
  readonly timeoutMs: number;
}

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

export interface Rollouts extends AsyncDisposable {
  /**
   * Stores a revision and gives it to the hosts it selects. Leaving the iteration, or aborting, only stops looking on:
   * the rollout goes on. After a dry run, and when unchanged, `planned` is the only step.
   * @throws FleetError `invalid` (name of file, selector), `not_found` (no host matches), `conflict` (not the newest
   * parent).
   */
  push(request: PushRequest, signal?: AbortSignal): AsyncIterable<RolloutStep>;
  /**
   * Makes the bytes and selector of an older revision the newest one, by a rollout.
   * @throws FleetError `not_found` when there is no such file or revision; `conflict` as `push`.
   */
  rollBack(request: RollBackRequest, signal?: AbortSignal): AsyncIterable<RolloutStep>;
  /** What a push of this file would be refused for; empty when it would not. Selector as in PushRequest. */
  validate(file: string, content: Uint8Array, selector: Selector | undefined): Promise<readonly ConfigProblem[]>;
  /** Whether a rollout started now would give the host another desired state than the one it has. */
  isPending(hostId: string): boolean;
}
