/** One rollout under way: feeds its course, keeps its deadlines, writes down each change and tells who watches. */
import { type ConfigProblem, formatProblem } from '@fleetvisor/config';
import type { Clock, Random } from '@fleetvisor/primitives';
import type { TargetResult } from '../fleet/action.ts';
import { Deadlines } from '../fleet/deadlines.ts';
import type { FleetLog } from '../fleet/fleet-log.ts';
import type { RevisionRef } from '../fleet/generation.ts';
import { untilDone } from '../fleet/until-done.ts';
import type { Assignment } from '../store/hosts.ts';
import type { HostTaskRecord, RolloutState, RolloutStore } from '../store/rollouts.ts';
import type { RolloutCourse } from './course.ts';
import { RolloutFollower } from './follower.ts';
import { reasonOf } from './reason.ts';
import type { RolloutStep } from './rollout-step.ts';
import type { RolloutInput } from './step.ts';

/** What a host said together with a phase. */
export interface HostSaid {
  readonly problems: readonly ConfigProblem[];
  readonly results: readonly TargetResult[];
}

export interface ActiveRolloutParts {
  readonly rolloutId: string;
  readonly to: readonly RevisionRef[];
  /** What each target gets. */
  readonly assignments: ReadonlyMap<string, Assignment>;
  readonly course: RolloutCourse;
  /** The step that tells what was planned. */
  readonly planned: RolloutStep;
  readonly store: RolloutStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: FleetLog;
  nameOf(hostId: string): string;
  /** Sends the host its assignment; must not throw. */
  offer(assignment: Assignment): void;
  /** Stores the end; what it does is waited for before the end is told. */
  end(rollout: ActiveRollout, state: RolloutState, reason: string): Promise<void>;
}

const nothingSaid: HostSaid = { problems: [], results: [] };

export class ActiveRollout implements AsyncDisposable {
  readonly #parts: ActiveRolloutParts;
  readonly #followers = new Set<RolloutFollower>();
  readonly #said = new Map<string, HostSaid>();
  readonly #writes = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #course: RolloutCourse;
  /** By when each host that is waited for must have moved on. */
  readonly #deadlines: Deadlines<string>;

  constructor(parts: ActiveRolloutParts) {
    this.#parts = parts;
    this.#course = parts.course;
    this.#deadlines = new Deadlines(parts.clock, (hostId) => this.feed({ kind: 'deadline', hostId }));
    for (const { hostId, deadline } of this.#course.tasks.values()) this.#deadlines.set(hostId, deadline);
  }

  get rolloutId(): string {
    return this.#parts.rolloutId;
  }

  get to(): readonly RevisionRef[] {
    return this.#parts.to;
  }

  get state(): RolloutState {
    return this.#course.state;
  }

  has(hostId: string): boolean {
    return this.#course.tasks.has(hostId);
  }

  /** It runs what the rollout brings it, as far as the rollout is concerned. */
  isDoneWith(hostId: string): boolean {
    return this.#course.tasks.get(hostId)?.state === 'healthy';
  }

  assignment(hostId: string): Assignment | undefined {
    return this.#parts.assignments.get(hostId);
  }

  feed(input: RolloutInput, said?: HostSaid): void {
    if (said !== undefined && 'hostId' in input) this.#said.set(input.hostId, said);
    const { changed, effects } = this.#course.feed(input, this.#parts.clock.now());
    for (const { hostId, deadline } of changed) this.#deadlines.set(hostId, deadline);
    for (const effect of effects) {
      if (effect.kind === 'task') this.#changed(effect.hostId, effect.state);
      else if (effect.kind === 'end') this.#end(effect.state);
      else {
        const assignment = this.#parts.assignments.get(effect.hostId);
        if (assignment !== undefined) this.#parts.offer(assignment);
      }
    }
  }

  /** From `planned` on: what has happened so far in its newest state, then what happens; up to and with `ended`. */
  async *follow(signal: AbortSignal): AsyncGenerator<RolloutStep> {
    using follower = new RolloutFollower(signal);
    for (const { hostId, state } of this.#course.tasks.values()) {
      if (state !== 'pending') follower.tell(this.#hostStep(hostId, state));
    }
    this.#followers.add(follower);
    try {
      yield this.#parts.planned;
      yield* follower.steps();
    } finally {
      this.#followers.delete(follower);
    }
  }

  /** Stops looking after it; the store keeps it as running, to be gone on with. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#deadlines[Symbol.dispose]();
    this.#closing.abort();
    for (const follower of this.#followers) follower.close();
    await Promise.all(this.#writes);
  }

  #changed(hostId: string, state: HostTaskRecord['state']): void {
    const { rolloutId, store, log } = this.#parts;
    const generation = this.#parts.assignments.get(hostId)?.ref.generation ?? 0n;
    const record = { rolloutId, hostId, state, generation, message: this.#messageOf(hostId) };
    log.info({ rollout: rolloutId, host: this.#parts.nameOf(hostId), state }, 'a host moved on in its rollout');
    this.#own(
      store.setTask(record).catch((error) => {
        log.error({ err: error, rollout: rolloutId, hostId, state }, 'cannot write down how far a host has come');
      }),
    );
    this.#tell(this.#hostStep(hostId, state));
  }

  #tell(step: RolloutStep): void {
    for (const follower of this.#followers) follower.tell(step);
  }

  #end(state: RolloutState): void {
    const { rolloutId, log } = this.#parts;
    const tasks = [...this.#course.tasks.values()].map((task) => ({
      host: this.#parts.nameOf(task.hostId),
      state: task.state,
      message: this.#messageOf(task.hostId),
    }));
    const reason = reasonOf(state, tasks);
    log.info({ rollout: rolloutId, state, reason }, 'a rollout has ended');
    const changes = [...this.#writes];
    this.#own(
      Promise.all(changes)
        .then(() => this.#storeEnd(state, reason))
        .then(() => this.#tell({ kind: 'ended', rolloutId, state, reason }))
        .catch(() => {}), // closed: the store has it as running, and it is ended after the next start
    );
  }

  /** Until it is stored nothing of it is stable; whoever watches need not wait for a disk that is full. */
  #storeEnd(state: RolloutState, reason: string): Promise<void> {
    const { rolloutId, clock, random, log } = this.#parts;
    const { signal } = this.#closing;
    const onFailure = (err: unknown) => {
      log.error({ err, rollout: rolloutId, state }, 'cannot write down the end of a rollout; trying again');
      for (const follower of this.#followers) follower.close();
    };
    return untilDone({ clock, random, signal, onFailure }, () => this.#parts.end(this, state, reason));
  }

  #own(write: Promise<void>): void {
    const owned = write.finally(() => this.#writes.delete(owned));
    this.#writes.add(owned);
  }

  #hostStep(hostId: string, state: HostTaskRecord['state']): RolloutStep & { kind: 'host' } {
    const { problems, results } = this.#said.get(hostId) ?? nothingSaid;
    const assignment = this.#parts.assignments.get(hostId);
    const to = assignment?.ref ?? { incarnation: '', generation: 0n, hash: '' };
    return { kind: 'host', hostId, host: this.#parts.nameOf(hostId), state, problems, results, to };
  }

  #messageOf(hostId: string): string {
    const { problems, results } = this.#said.get(hostId) ?? nothingSaid;
    const failed = results
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ target, message }) => `${target}: ${message}`);
    const all = [...problems.map(formatProblem), ...failed];
    return all.length <= 3 ? all.join('; ') : `${all.slice(0, 3).join('; ')}; and ${all.length - 3} more`;
  }
}
