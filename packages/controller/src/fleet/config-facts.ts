/** What a host says of its fleet layer. What is desired is the controller's own and not in here. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { TargetResult } from './action.ts';
import type { GenerationRef } from './generation.ts';

export type ConfigPhase = 'accepted' | 'rejected' | 'applying' | 'applied' | 'failed' | 'reverted';

export interface ConfigAttempt {
  readonly ref: GenerationRef;
  readonly phase: ConfigPhase;
  readonly problems: readonly ConfigProblem[];
}

export interface ConfigFacts {
  /** What the fleet layer really runs; undefined before the first. */
  readonly running: GenerationRef | undefined;
  readonly lastAttempt: ConfigAttempt | undefined;
  readonly lastKnownGood: GenerationRef | undefined;
}

export const noConfigFacts: ConfigFacts = { running: undefined, lastAttempt: undefined, lastKnownGood: undefined };

/** A phase that an offer has reached on its host. */
export interface OfferStatus {
  /** Of the offer. */
  readonly nonce: string;
  readonly to: GenerationRef;
  readonly phase: ConfigPhase;
  readonly problems: readonly ConfigProblem[];
  readonly running: GenerationRef | undefined;
  /** What the apply did, by process. */
  readonly results: readonly TargetResult[];
}
