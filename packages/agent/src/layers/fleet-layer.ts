/**
 * What the controller has given this host. It lives in agent.db and changes by offers alone: an offer is checked whole, made
 * durable, then applied by a plan; a refused one changes nothing.
 */
import { type ConfigProblem, formatProblem, type ProcessGroupSpec } from '@fleetvisor/config';
import { type Clock, messageOf } from '@fleetvisor/primitives';
import type { ConfigPhase, Offer, OfferStatus } from '../bridge/port.ts';
import type { AgentEvent } from '../events/event.ts';
import type { MainLogWriter } from '../logs/main-log.ts';
import type { FleetState } from '../state/fleet-state.ts';
import type { TargetResult } from '../supervision/action.ts';
import { plan } from '../supervision/plan.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import { startResult } from '../supervision/target-results.ts';
import { type AppliedPlan, applyPlan, failedStep } from './apply-plan.ts';
import { KeepTrying } from './keep-trying.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import type { ReadOffer } from './read-offer.ts';
import { changedFiles, stillDown } from './still-down.ts';

export interface FleetLayerParts {
  readonly clock: Clock;
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
  readonly log: MainLogWriter['log'];
}

/** Disposing gives up what the disk has not taken. */
export class FleetLayer implements Disposable {
  readonly #parts: FleetLayerParts;
  readonly #kept: KeepTrying;
  /** What was reported last. */
  #reported: OfferStatus | undefined;
  /** The nonce of the newest offer: an older one that is still waiting is not worth applying. */
  #newest = '';
  /** The nonce of the offer whose programs run: how they fare speaks for it, also when a newer one was refused since. */
  #applied = '';

  constructor(parts: FleetLayerParts) {
    this.#parts = parts;
    this.#kept = new KeepTrying({
      clock: parts.clock,
      onTrouble: (why) => parts.log('critical', `${cannotKeep}: ${why}; ${wayOut}`),
      onKept: () => this.#reportAgain(),
    });
  }

  [Symbol.dispose](): void {
    this.#kept[Symbol.dispose]();
  }

  /**
   * The process groups of the proven state, asking nobody: a host boots without a controller. Where the host no longer takes
   * all of it, whatever there is nothing wrong with runs, and the controller hears that the state itself does not.
   */
  boot(local: readonly ProcessGroupSpec[]): readonly ProcessGroupSpec[] {
    const { state, read } = this.#parts;
    const wasInterrupted = this.#forgetInterrupted();
    const proven = state.lastKnownGood ?? state.running ?? state.offered;
    if (proven === undefined) return [];
    const result = read(proven.files, local);
    if (!result.ok) {
      this.#bootInPart(proven, result.problems, result.sound);
      return result.sound;
    }
    // What no agent has seen come up is not called running: the controller offers it once more, and then it is seen.
    if (wasInterrupted && state.lastKnownGood === undefined) state.forgetRunning();
    else state.setRunning(proven);
    if (isSame(state.facts.lastAttempt, proven) && state.facts.lastAttempt?.phase === 'rejected') state.forgetAttempt();
    this.#mirror(proven);
    return result.groups;
  }

  /**
   * What an agent before this one had applied runs on, and is not read again. Where it ended in the middle of applying,
   * nobody can say which state that is: the controller offers its state once more.
   */
  goOn(): void {
    if (this.#forgetInterrupted()) this.#parts.state.forgetRunning();
  }

  /** Resolves once the offer has been refused, overtaken by a newer one, or its programs have settled. */
  async take(offer: Offer): Promise<void> {
    const { supervisor, changes, state } = this.#parts;
    // On the way out nothing is begun: it is offered again to the next agent.
    if (supervisor.isShuttingDown) return;
    this.#newest = offer.nonce;
    const before = state.running;
    const applied = await changes.run(() => this.#apply(offer));
    if (applied === undefined) return;
    const settled = await applied.settled;
    // What the agent stops on its way out has not failed: the next one begins where this one was.
    if (supervisor.isShuttingDown || this.#applied !== offer.nonce) return;
    const touched = [...applied.steps.flatMap(resultsOf), ...settled].map((result) => this.#heldByHand(result));
    const groups = this.#active().map(({ spec }) => spec);
    const down = stillDown(groups, changedFiles(offer, before), touched, (process) => supervisor.status(process));
    const results = [...touched, ...down];
    const phase = results.some((result) => result.outcome === 'failed') ? 'failed' : 'applied';
    if (phase === 'applied') this.#kept.write('last known good', () => state.setLastKnownGood(offer));
    if (this.#newest === offer.nonce) this.#note(offer, phase, [], results);
  }

  async #apply(offer: Offer): Promise<AppliedPlan | undefined> {
    if (this.#newest !== offer.nonce) return undefined;
    const { state, supervisor } = this.#parts;
    const read = this.#parts.read(offer.files, this.#parts.localGroups());
    if (!read.ok) {
      this.#note(offer, 'rejected', read.problems, []);
      return undefined;
    }
    try {
      await state.saveOffered(offer);
    } catch (error) {
      this.#note(offer, 'rejected', [notKept(messageOf(error))], []);
      return undefined;
    }
    this.#note(offer, 'accepted', [], []);
    const active = this.#active().map(({ spec }) => spec);
    const steps = plan(read.groups, active, offer.mode);
    this.#note(offer, 'applying', [], []);
    const applied = await applyPlan(supervisor, steps, 'fleet');
    if (supervisor.isShuttingDown) return undefined;
    this.#applied = offer.nonce;
    this.#kept.write('running', () => state.setRunning(offer));
    this.#mirror(offer);
    return applied;
  }

  #active() {
    return this.#parts.supervisor.groups().filter(({ layer }) => layer === 'fleet');
  }

  /** An agent that ended while it applied an offer has no verdict on it: the controller offers it again. */
  #forgetInterrupted(): boolean {
    const { state } = this.#parts;
    const phase = state.facts.lastAttempt?.phase;
    const wasInterrupted = phase === 'accepted' || phase === 'applying';
    if (wasInterrupted) state.forgetAttempt();
    return wasInterrupted;
  }

  #bootInPart(proven: Offer, problems: readonly ConfigProblem[], sound: readonly ProcessGroupSpec[]): void {
    const { state, log } = this.#parts;
    for (const problem of problems) log('error', formatProblem(problem));
    const what =
      sound.length === 0 ? 'no program of the fleet is started' : 'not all programs of the fleet are started';
    log('critical', `${what}: this host no longer takes what it was given (see the errors above)`);
    state.forgetRunning();
    this.#note(proven, 'rejected', problems, []);
  }

  /** A start that a person called off has not failed. */
  #heldByHand(result: TargetResult): TargetResult {
    if (result.outcome !== 'failed' || result.process === undefined) return result;
    const isStopped = this.#parts.supervisor.status(result.process)?.stoppedByHand === true;
    return isStopped ? startResult(result.process, 'held') : result;
  }

  /** Keeps, records and reports a phase. */
  #note(offer: Offer, phase: ConfigPhase, problems: readonly ConfigProblem[], results: readonly TargetResult[]): void {
    const { state, record } = this.#parts;
    const { nonce, to } = offer;
    this.#kept.write('attempt', () => state.recordAttempt(to, phase, problems));
    if (phase !== 'applying') record({ kind: 'configChanged', to, phase, problems, changes: undefined });
    this.#report({ nonce, to, phase, problems, running: state.facts.running, results });
  }

  #report(status: OfferStatus): void {
    this.#reported = status;
    this.#parts.report(status);
  }

  /** The disk has taken what it had refused: what runs is known by its name now. */
  #reportAgain(): void {
    if (this.#reported !== undefined) this.#report({ ...this.#reported, running: this.#parts.state.facts.running });
  }

  #mirror({ files }: Offer): void {
    try {
      this.#parts.mirror(files);
    } catch (error) {
      this.#parts.log(
        'warn',
        `cannot copy the config files of the fleet to where people read them: ${messageOf(error)}`,
      );
    }
  }
}

const cannotKeep = 'cannot write to agent.db how the offered config fares';
const wayOut =
  'free space on its disk, or mend it: an agent started now would run the state before. Trying again every second';

/** The one problem of an offer that is in order but cannot be made durable. */
function notKept(why: string): ConfigProblem {
  const message = `this host cannot keep the offered config: ${why}; free space on the disk of agent.db, or mend it, and push again`;
  return { file: 'agent.db', line: 0, section: undefined, option: undefined, message };
}

function isSame(attempt: { readonly ref: Offer['to'] } | undefined, { to }: Offer): boolean {
  return attempt?.ref.hash === to.hash;
}

function resultsOf(step: AppliedPlan['steps'][number]): readonly TargetResult[] {
  if (step.error === '') return step.results;
  return [...step.results, failedStep(step)];
}
