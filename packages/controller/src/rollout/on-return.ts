/** What a host that returns is to be given, judged by what it says of itself. Pure. */
import type { ConfigFacts } from '../fleet/config-facts.ts';
import { emptyHash } from '../fleet/desired-state.ts';
import type { GenerationRef } from '../fleet/generation.ts';
import type { RolloutState } from '../store/rollouts.ts';
import type { HostVerdict } from './step.ts';

/** How far the host says it has come with a state. States are told apart by hash: it names the files, whoever numbered them. */
export function verdictOf(to: GenerationRef, facts: ConfigFacts): HostVerdict {
  const isRunning = (facts.running?.hash ?? emptyHash) === to.hash;
  const { lastAttempt } = facts;
  if (lastAttempt?.ref.hash !== to.hash) return isRunning ? 'applied' : 'not-told';
  return lastAttempt.phase === 'applied' && !isRunning ? 'not-told' : lastAttempt.phase;
}

/**
 * Whether a host that has `not-told` of its desired state, and that no rollout waits for, is offered it. A state whose
 * rollout failed would fail here too: it waits for a push by a person, like one that the host has refused or undone.
 * @param rollout of the rollout that gave the host this state; undefined when it got it at join
 */
export function mayOfferOnReturn(rollout: RolloutState | undefined): boolean {
  return rollout !== 'failed';
}
