/** Config files, their revisions, and the course of a rollout. These fields are what `-o json` prints. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { TargetResult } from './command.ts';
import type { Generation } from './host.ts';

/** Which hosts a config file is for. */
export interface Selector {
  readonly hosts: readonly string[];
  readonly hostGroups: readonly string[];
  readonly labels: readonly string[];
  readonly all: boolean;
}

export interface ConfigRevision {
  readonly file: string;
  readonly revision: number;
  /** 0 for the first. */
  readonly parent: number;
  readonly selector: Selector;
  readonly digest: string;
  readonly meaningDigest: string;
  readonly author: string;
  readonly message: string;
  readonly createdAt: Date | undefined;
  readonly stable: boolean;
}

export interface ConfigSummary {
  readonly newest: ConfigRevision;
  /** 0 for none yet. */
  readonly stableRevision: number;
  readonly hostCount: number;
}

/** A revision with its bytes. */
export interface ConfigContent {
  readonly revision: ConfigRevision;
  readonly content: Uint8Array;
  /** Names of hosts whose desired state has it. */
  readonly hosts: readonly string[];
}

export interface ConfigPush {
  readonly file: string;
  readonly content: Uint8Array;
  /** undefined: that of the newest revision. */
  readonly selector: Selector | undefined;
  readonly message: string;
  /** The revision it was made from; undefined: whatever is newest. */
  readonly parent: number | undefined;
  readonly dryRun: boolean;
  readonly allowEmpty: boolean;
  readonly timeoutMs: number;
}

export interface ConfigRollback {
  readonly file: string;
  /** undefined: the one before the newest. */
  readonly revision: number | undefined;
  readonly message: string;
  readonly dryRun: boolean;
  readonly timeoutMs: number;
}

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
  | 'superseded'
  | 'unknown';

export type RolloutState = 'running' | 'succeeded' | 'succeeded-with-deferred' | 'failed' | 'superseded' | 'unknown';

/** One step of a rollout's course: `planned`, then one per change of a host, at last `ended`; or `refused` alone. */
export type RolloutStep = RolloutPlanned | HostProgress | RolloutEnded | ConfigRefused;

export interface RolloutPlanned {
  readonly kind: 'planned';
  readonly rolloutId: string;
  readonly revision: ConfigRevision;
  readonly targets: readonly string[];
  readonly offline: readonly string[];
  readonly unchanged: boolean;
}

export interface HostProgress {
  readonly kind: 'host';
  readonly hostId: string;
  readonly host: string;
  readonly state: HostTaskState;
  readonly problems: readonly ConfigProblem[];
  readonly results: readonly TargetResult[];
  readonly to: Generation | undefined;
}

export interface RolloutEnded {
  readonly kind: 'ended';
  readonly rolloutId: string;
  readonly state: RolloutState;
  readonly reason: string;
}

export interface ConfigRefused {
  readonly kind: 'refused';
  readonly problems: readonly ConfigProblem[];
}
