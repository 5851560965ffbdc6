/** Pushes and rollbacks of config files: checks, plans, stores, and sees the hosts through. */
import type { ConfigProblem } from '@fleetvisor/config';
import { FleetError, uuidv7 } from '@fleetvisor/primitives';
import type { OfferStatus } from '../fleet/config-facts.ts';
import { refsOf, stateAtJoin } from '../fleet/desired-state.ts';
import type { Selector } from '../fleet/selector.ts';
import type { RevisionRecord } from '../store/configs.ts';
import type { Assignment } from '../store/hosts.ts';
import type { RolloutState } from '../store/rollouts.ts';
import type { ActiveRollout } from './active-rollout.ts';
import { ActiveRollouts, defaultHostTimeoutMs, type RolloutParts } from './active-rollouts.ts';
import { Catalogue } from './catalogue.ts';
import { mayOfferOnReturn, verdictOf } from './on-return.ts';
import { isOwed } from './plan.ts';
import { type Plan, Planner, parentIsOld } from './planner.ts';
import { meaningDigest } from './revision.ts';
import type { RolloutStep } from './rollout-step.ts';
import { Turns } from './turns.ts';

export type { RolloutParts } from './active-rollouts.ts';
export type { RolloutStep } from './rollout-step.ts';

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
  /** How long a host may take from its offer on; 0 for five minutes. */
  readonly timeoutMs: number;
}

export interface RollBackRequest {
  readonly file: string;
  /** undefined: the last before the newest whose rollout succeeded. */
  readonly revision: bigint | undefined;
  readonly message: string;
  readonly author: string;
  readonly dryRun: boolean;
  readonly timeoutMs: number;
}

type Planned = Plan & { kind: 'planned' };

/** What a push turned into: steps that are known at once, and the rollout to follow. */
interface Pushed {
  readonly steps: readonly RolloutStep[];
  readonly rollout: ActiveRollout | undefined;
}

const never = new AbortController().signal;

export class Rollouts implements AsyncDisposable {
  readonly #parts: RolloutParts;
  readonly #catalogue: Catalogue;
  readonly #planner: Planner;
  readonly #active: ActiveRollouts;
  /** Planning and storing, of pushes and of joins. */
  readonly #turns = new Turns();
  readonly #tellings = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;

  constructor(parts: RolloutParts) {
    this.#parts = parts;
    this.#catalogue = new Catalogue(parts.store.configs);
    this.#planner = new Planner(parts.live, parts.running, this.#catalogue);
    this.#active = new ActiveRollouts(parts, this.#catalogue);
    this.#unsubscribe = parts.live.subscribe((change) => {
      if (change.kind === 'forgotten') {
        this.#active.of(change.hostId)?.feed({ kind: 'hostForgotten', hostId: change.hostId });
      }
    });
  }

  /** Reads the config files, and goes on with rollouts that a restart interrupted. Before the first session. */
  async load(): Promise<void> {
    await this.#catalogue.load();
    await this.#active.resume();
  }

  /**
   * Stores a revision and gives it to the hosts it selects. Leaving the iteration, or aborting, only stops looking on:
   * the rollout goes on. After a dry run, and when unchanged, `planned` is the only step. The same file again, while
   * its rollout runs, looks on at that; when some hosts still lack it, it is stored and rolled out once more.
   * @throws FleetError `invalid` (name of file, selector), `not_found` (no host matches), `conflict` (not the newest
   * parent).
   */
  async *push(request: PushRequest, signal: AbortSignal = never): AsyncGenerator<RolloutStep> {
    const { steps, rollout } = await this.#turns.take(() => this.#push(request));
    yield* steps;
    if (rollout !== undefined) yield* rollout.follow(signal);
  }

  /**
   * Makes the bytes and selector of an older revision the newest one, by a rollout.
   * @throws FleetError `not_found` when there is no such file or revision, or none before the newest that has ever
   * succeeded and none is named; `conflict` as `push`.
   */
  async *rollBack(request: RollBackRequest, signal: AbortSignal = never): AsyncGenerator<RolloutStep> {
    const { file, author, dryRun, timeoutMs } = request;
    const { configs } = this.#parts.store;
    const newest = (await configs.find(file))?.newest;
    if (newest === undefined) {
      throw new FleetError('not_found', `there is no config file ${file}: see 'fleetctl config list'`, { file });
    }
    const { revision } = request;
    const older = await (revision === undefined
      ? configs.provenBefore(file, newest.revision)
      : configs.revision(file, revision));
    if (older === undefined) throw nothingToReturnTo(file, newest.revision, revision);
    const message = request.message || `Roll back to revision ${older.revision}`;
    const { content, selector } = older;
    const parent = newest.revision;
    yield* this.push({ file, content, selector, message, parent, author, dryRun, allowEmpty: true, timeoutMs }, signal);
  }

  /** What a push of this file would be refused for; empty when it would not. Selector as in PushRequest. */
  validate(file: string, content: Uint8Array, selector: Selector | undefined): Promise<readonly ConfigProblem[]> {
    return this.#planner.check(file, content, selector);
  }

  /** Rollouts under way. */
  get runningCount(): number {
    return this.#active.count;
  }

  /** Whether the host lacks something that is stable: a push of it would bring the host another desired state. */
  isPending(hostId: string): boolean {
    const host = this.#parts.live.host(hostId);
    return host !== undefined && this.#active.of(hostId) === undefined && isOwed(host, this.#catalogue.files());
  }

  /** Gives a host that has no desired state its first one: the way past a rollout. */
  async join(hostId: string): Promise<void> {
    const { live, store } = this.#parts;
    await this.#turns.take(async () => {
      const host = live.host(hostId);
      if (host === undefined || live.assignment(hostId) !== undefined) return;
      const state = stateAtJoin(host, this.#catalogue.stable());
      live.assigned([await store.hosts.assignAtJoin(hostId, refsOf(state), state.hash)]);
    });
  }

  /** A session of the host stands, and `LiveFleet` knows what it says of itself. */
  async hostArrived(hostId: string): Promise<void> {
    const { live } = this.#parts;
    if (live.assignment(hostId) === undefined) await this.join(hostId);
    const assignment = live.assignment(hostId);
    const host = live.host(hostId);
    if (assignment === undefined || host === undefined) return;
    const rollout = this.#active.of(hostId);
    const verdict = verdictOf(assignment.ref, host.config);
    // One that was done, and has something else now, was set back, or the store was: that is no matter of the rollout.
    if (rollout !== undefined && !rollout.isDoneWith(hostId)) {
      const problems = host.config.lastAttempt?.problems ?? [];
      const said = verdict === 'not-told' ? undefined : { problems, results: [] };
      rollout.feed({ kind: 'hostArrived', hostId, verdict }, said);
    } else if (verdict === 'not-told' && mayOfferOnReturn(await this.#rolloutState(assignment))) {
      // Reading took time: what the host was given meanwhile is on its way, and must not be called off for this.
      if (live.assignment(hostId) === assignment) this.#active.offer(assignment, 0n);
    }
  }

  hostGone(hostId: string): void {
    this.#active.of(hostId)?.feed({ kind: 'hostGone', hostId });
  }

  /**
   * A host says how an offer fares. What it says of another state than the one it was given last is no word on that; but one
   * that has come to run such a state (an offer of an earlier life of this store had waited on its way) is told anew.
   */
  offerStatus(hostId: string, { to, phase, problems, results }: OfferStatus): void {
    const rollout = this.#active.of(hostId);
    const ref = rollout?.assignment(hostId)?.ref;
    const isOurs = ref?.hash === to.hash && ref.generation === to.generation && ref.incarnation === to.incarnation;
    if (isOurs) rollout?.feed({ kind: 'phase', hostId, phase }, { problems, results });
    const isStray = rollout === undefined && this.#parts.live.assignment(hostId)?.ref.hash !== to.hash;
    if (isStray && (phase === 'applied' || phase === 'failed')) this.#tellAnew(hostId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unsubscribe();
    await this.#turns.take(async () => {});
    await Promise.all(this.#tellings);
    await this.#active[Symbol.asyncDispose]();
  }

  #tellAnew(hostId: string): void {
    const telling = this.hostArrived(hostId)
      .catch((err) => this.#parts.log.error({ err, hostId }, 'cannot give a host its state anew; done when it returns'))
      .finally(() => this.#tellings.delete(telling));
    this.#tellings.add(telling);
  }

  async #push(request: PushRequest): Promise<Pushed> {
    const plan = await this.#planner.plan(request);
    if (plan.kind === 'refused') return { steps: [plan], rollout: undefined };
    const { newest, isSame, isUnchanged } = plan;
    const underWay = isSame && newest !== undefined ? this.#active.bringing(newest.ref) : undefined;
    if (underWay !== undefined && !request.dryRun) return { steps: [], rollout: underWay };
    const revision = this.#revision(request, plan);
    if (request.dryRun || isUnchanged) {
      const present =
        isSame && newest ? await this.#parts.store.configs.revision(request.file, newest.ref.revision) : undefined;
      const targets = isUnchanged ? [] : plan.targets;
      return { steps: [plannedStep('', present ?? revision, targets, isUnchanged)], rollout: undefined };
    }
    return { steps: [], rollout: await this.#start(request, plan, revision) };
  }

  async #start(request: PushRequest, plan: Planned, wanted: RevisionRecord): Promise<ActiveRollout> {
    const { store, live, clock, random } = this.#parts;
    const startedAtUs = clock.wallTimeUs();
    const rolloutId = uuidv7(startedAtUs, random);
    const { revision: _given, ...unnumbered } = wanted;
    const targets = plan.targets.map(({ host, state }) => ({
      hostId: host.hostId,
      files: refsOf(state),
      hash: state.hash,
    }));
    const { author, message } = request;
    const hostTimeoutMs = request.timeoutMs || defaultHostTimeoutMs;
    const outcome = await store.rollouts.start({
      rolloutId,
      author,
      message,
      hostTimeoutMs,
      startedAtUs,
      revision: unnumbered,
      targets,
    });
    if (outcome.kind === 'conflict') throw parentIsOld(request.file, wanted.parent, outcome.newest);
    const { revision, assignments } = outcome;
    this.#catalogue.pushed(revision);
    live.assigned(assignments);
    return this.#active.begin({
      rolloutId,
      to: [{ file: revision.file, revision: revision.revision }],
      assignments,
      planned: plannedStep(rolloutId, revision, plan.targets, false),
      hostTimeoutMs,
    });
  }

  #revision({ file, content, author, message }: PushRequest, { newest, selector, digest }: Planned): RevisionRecord {
    const parent = newest?.ref.revision ?? 0n;
    const createdAtUs = this.#parts.clock.wallTimeUs();
    const revision = parent + 1n;
    const meaning = meaningDigest(file, content);
    return { file, revision, parent, selector, content, digest, meaningDigest: meaning, author, message, createdAtUs };
  }

  async #rolloutState({ rolloutId }: Assignment): Promise<RolloutState | undefined> {
    if (rolloutId === '') return undefined;
    return (await this.#parts.store.rollouts.find(rolloutId))?.rollout.state;
  }
}

function nothingToReturnTo(file: string, newest: bigint, named: bigint | undefined): FleetError {
  const history = `see 'fleetctl config history ${file}'`;
  if (named !== undefined) return new FleetError('not_found', `${file} has no revision ${named}: ${history}`, { file });
  const message =
    newest === 1n
      ? `cannot roll back ${file}: revision 1 is its only one; push a mended one`
      : `cannot roll back ${file}: no revision before ${newest} had a rollout that succeeded; name the one you want, as in 'fleetctl config rollback ${file} ${newest - 1n}' (${history}), or push a mended one`;
  return new FleetError('not_found', message, { file, newest });
}

function plannedStep(
  rolloutId: string,
  revision: RevisionRecord,
  targets: Planned['targets'],
  unchanged: boolean,
): RolloutStep {
  return {
    kind: 'planned',
    rolloutId,
    revision,
    targets: targets.map(({ host }) => host.name),
    offline: targets.filter(({ host }) => !host.isConnected).map(({ host }) => host.name),
    unchanged,
  };
}
