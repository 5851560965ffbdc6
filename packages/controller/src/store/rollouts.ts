/** Port: rollouts and their host tasks. A host gets a new generation here and nowhere else (but at join). */
import type { RevisionRef } from '../fleet/generation.ts';
import type { RevisionRecord } from './configs.ts';
import type { Assignment } from './hosts.ts';

export type RolloutState = 'running' | 'succeeded' | 'succeeded-with-deferred' | 'failed' | 'superseded';

export type HostTaskState =
  | 'pending'
  | 'offered'
  | 'accepted'
  | 'applying'
  | 'healthy'
  | 'rejected'
  | 'unhealthy'
  | 'timed-out'
  | 'deferred'
  | 'vanished'
  | 'superseded';

export interface RolloutRecord {
  readonly rolloutId: string;
  readonly state: RolloutState;
  readonly reason: string;
  readonly author: string;
  readonly message: string;
  readonly to: readonly RevisionRef[];
  /** How long a host may take from its offer on. */
  readonly hostTimeoutMs: number;
  readonly startedAtUs: bigint;
  /** 0n while it runs. */
  readonly endedAtUs: bigint;
}

export interface HostTaskRecord {
  readonly rolloutId: string;
  readonly hostId: string;
  readonly state: HostTaskState;
  readonly generation: bigint;
  /** What the host said, as one text for people; empty when it said nothing. */
  readonly message: string;
}

/** A host that gets another desired state, with the whole of it. */
export interface RolloutTarget {
  readonly hostId: string;
  readonly files: readonly RevisionRef[];
  readonly hash: string;
}

export interface RolloutStart {
  readonly rolloutId: string;
  readonly author: string;
  readonly message: string;
  readonly hostTimeoutMs: number;
  readonly startedAtUs: bigint;
  /** The new revision; its number is given by the store: parent + 1. */
  readonly revision: Omit<RevisionRecord, 'revision'>;
  readonly targets: readonly RolloutTarget[];
}

export type RolloutStartOutcome =
  | { readonly kind: 'started'; readonly revision: RevisionRecord; readonly assignments: readonly Assignment[] }
  /** Somebody pushed in between: the parent is not the newest any more. */
  | { readonly kind: 'conflict'; readonly newest: bigint };

export interface RolloutStore {
  /** Stores the revision, the rollout, its tasks and the hosts' new assignments in one transaction. */
  start(start: RolloutStart): Promise<RolloutStartOutcome>;
  setTask(task: HostTaskRecord): Promise<void>;
  /**
   * Ends it; `stable` names the revisions that are stable from now on, and count as proven for ever. What a rollout that
   * ends as `failed` brought counts as failed for ever.
   */
  end(
    rolloutId: string,
    state: RolloutState,
    reason: string,
    endedAtUs: bigint,
    stable: readonly RevisionRef[],
  ): Promise<void>;
  find(rolloutId: string): Promise<{ rollout: RolloutRecord; tasks: readonly HostTaskRecord[] } | undefined>;
  /** Those that a restart interrupted, oldest first. */
  running(): Promise<readonly { rollout: RolloutRecord; tasks: readonly HostTaskRecord[] }[]>;
}
