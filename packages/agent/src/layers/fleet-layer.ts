/**
 * What the controller has given this host. It lives in agent.db and changes by offers alone: an offer is checked whole, made
 * durable, then applied by a plan; a refused one changes nothing.
 */
import { type ConfigProblem, formatProblem, type ProcessGroupSpec } from '@fleetvisor/config';
import type { ConfigPhase, GenerationRef, Offer, OfferStatus } from '../bridge/port.ts';
import type { AgentEvent } from '../events/event.ts';
import type { FleetState } from '../state/fleet-state.ts';
import type { TargetResult } from '../supervision/action.ts';
import { plan } from '../supervision/plan.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import { type AppliedPlan, applyPlan } from './apply-plan.ts';
import type { OneAtATime } from './one-at-a-time.ts';

/** The offer's files as process groups beside the host's own (`local`), or all that is wrong with them. */
export type ReadOffer = (
  files: Offer['files'],
  local: readonly ProcessGroupSpec[],
) =>
  | { readonly ok: true; readonly groups: readonly ProcessGroupSpec[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface FleetLayerParts {
  readonly supervisor: Supervisor;
  readonly changes: OneAtATime;
  readonly state: FleetState;
  readonly read: ReadOffer;
  readonly localGroups: () => readonly ProcessGroupSpec[];
  readonly record: (event: AgentEvent) => void;
  /** Tells the controller how an offer fares. */
  readonly report: (status: OfferStatus) => void;
  /** Writes the read-only copy for eyes. */
  readonly mirror: (files: Offer['files']) => void;
  readonly warn: (text: string) => void;
}

export class FleetLayer {
  readonly #parts: FleetLayerParts;
  /** The nonce of the newest offer: an older one that is still waiting is not worth applying. */
  #newest = '';

  constructor(parts: FleetLayerParts) {
    this.#parts = parts;
  }

  /** What the fleet layer really runs. */
  get running(): GenerationRef | undefined {
    return this.#parts.state.facts.running;
  }

  /** The process groups of the proven state, asking nobody: a host boots without a controller. */
  boot(local: readonly ProcessGroupSpec[]): readonly ProcessGroupSpec[] {
    const { state, warn } = this.#parts;
    const proven = state.lastKnownGood ?? state.running;
    if (proven === undefined) return [];
    const read = this.#parts.read(proven.files, local);
    if (!read.ok) {
      warn(`the programs of the fleet are not started: ${read.problems.map(formatProblem).join('; ')}`);
      return [];
    }
    state.setRunning(proven);
    return read.groups;
  }

  /** Resolves once the offer has been refused, overtaken by a newer one, or its programs have settled. */
  async take(offer: Offer): Promise<void> {
    this.#newest = offer.nonce;
    const applied = await this.#parts.changes.run(() => this.#apply(offer));
    if (applied === undefined) return;
    const results = [...applied.steps.flatMap(resultsOf), ...(await applied.settled)];
    const phase = results.some((result) => result.outcome === 'failed') ? 'failed' : 'applied';
    if (this.#newest !== offer.nonce) return;
    if (phase === 'applied') this.#parts.state.setLastKnownGood(offer);
    this.#note(offer, phase, [], results);
  }

  async #apply(offer: Offer): Promise<AppliedPlan | undefined> {
    if (this.#newest !== offer.nonce) return undefined;
    const { state, supervisor } = this.#parts;
    const read = this.#parts.read(offer.files, this.#parts.localGroups());
    if (!read.ok) {
      this.#note(offer, 'rejected', read.problems, []);
      return undefined;
    }
    await state.saveOffered(offer);
    this.#note(offer, 'accepted', [], []);
    const active = supervisor.groups().filter((group) => group.layer === 'fleet');
    const steps = plan(
      read.groups,
      active.map((group) => group.spec),
      offer.mode,
    );
    this.#note(offer, 'applying', [], []);
    const applied = await applyPlan(supervisor, steps, 'fleet');
    state.setRunning(offer);
    this.#parts.mirror(offer.files);
    return applied;
  }

  /** Keeps, records and reports a phase. */
  #note(offer: Offer, phase: ConfigPhase, problems: readonly ConfigProblem[], results: readonly TargetResult[]): void {
    this.#parts.state.recordAttempt(offer.to, phase, problems);
    if (phase !== 'applying') {
      this.#parts.record({ kind: 'configChanged', to: offer.to, phase, problems, changes: undefined });
    }
    this.#parts.report({ nonce: offer.nonce, to: offer.to, phase, problems, running: this.running, results });
  }
}

function resultsOf(step: AppliedPlan['steps'][number]): readonly TargetResult[] {
  if (step.error === '') return step.results;
  const target = 'spec' in step.action ? step.action.spec.name : step.action.kind;
  return [...step.results, { target, process: undefined, outcome: 'failed', message: step.error }];
}
