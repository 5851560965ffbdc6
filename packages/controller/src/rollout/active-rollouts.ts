/** The rollouts under way: at most one per host. Starts and ends them, and sends hosts what they are to run. */
import { type Clock, FleetError, type Random } from '@fleetvisor/primitives';
import type { FleetLog } from '../fleet/fleet-log.ts';
import type { RevisionRef } from '../fleet/generation.ts';
import type { HostLinks } from '../fleet/host-links.ts';
import type { LiveFleet } from '../fleet/live.ts';
import type { OwnEvents } from '../fleet/own-event.ts';
import type { RunningFiles } from '../fleet/running-files.ts';
import { everyHost } from '../fleet/scope.ts';
import type { Assignment } from '../store/hosts.ts';
import type { HostTaskRecord, RolloutRecord, RolloutState } from '../store/rollouts.ts';
import type { Store } from '../store/store.ts';
import { ActiveRollout } from './active-rollout.ts';
import type { Catalogue } from './catalogue.ts';
import { type RolloutCourse, resumeCourse, startCourse } from './course.ts';
import { Offers } from './offers.ts';
import { alsoProven } from './plan.ts';
import type { RolloutStep } from './rollout-step.ts';

export interface RolloutParts {
  readonly store: Store;
  readonly live: LiveFleet;
  readonly running: RunningFiles;
  readonly links: HostLinks;
  readonly ownEvents: OwnEvents;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: FleetLog;
}

export interface Beginning {
  readonly rolloutId: string;
  readonly to: readonly RevisionRef[];
  readonly assignments: readonly Assignment[];
  readonly planned: RolloutStep;
  readonly hostTimeoutMs: number;
}

export const defaultHostTimeoutMs = 300_000;

export class ActiveRollouts implements AsyncDisposable {
  readonly #parts: RolloutParts;
  readonly #catalogue: Catalogue;
  readonly #active = new Map<string, ActiveRollout>();
  readonly #offers: Offers;

  constructor(parts: RolloutParts, catalogue: Catalogue) {
    this.#parts = parts;
    this.#catalogue = catalogue;
    this.#offers = new Offers({ ...parts, catalogue });
  }

  /** Rollouts under way. */
  get count(): number {
    return this.#running().length;
  }

  /** The rollout that the host is a target of. */
  of(hostId: string): ActiveRollout | undefined {
    return this.#running().find((rollout) => rollout.has(hostId));
  }

  /** The rollout that brings this revision. */
  bringing({ file, revision }: RevisionRef): ActiveRollout | undefined {
    return this.#running().find(({ to }) => to.some((ref) => ref.file === file && ref.revision === revision));
  }

  /** Goes on with what a restart of the controller interrupted. */
  async resume(): Promise<void> {
    const { store, live, clock } = this.#parts;
    for (const { rollout, tasks } of await store.rollouts.running()) {
      const { rolloutId, to } = rollout;
      const stored = tasks.map(({ hostId, state }) => {
        const assignment = live.assignment(hostId);
        return { hostId, state, isTaken: assignment !== undefined && assignment.rolloutId !== rolloutId };
      });
      const own = tasks.flatMap(({ hostId }) => live.assignment(hostId) ?? []).filter((a) => a.rolloutId === rolloutId);
      const course = resumeCourse(stored, rollout.hostTimeoutMs, clock.now());
      const resumed = this.#add(rolloutId, to, own, await this.#plannedAnew(rollout, tasks), course);
      for (const { hostId } of tasks) {
        if (live.host(hostId) === undefined) resumed.feed({ kind: 'hostForgotten', hostId });
      }
      resumed.feed({ kind: 'resumed' });
    }
  }

  /** What the store has just begun; takes over the hosts of rollouts that still run on them. */
  begin({ rolloutId, to, assignments, planned, hostTimeoutMs }: Beginning): ActiveRollout {
    const { live, clock, ownEvents } = this.#parts;
    const overtaken = new Set(assignments.flatMap(({ hostId }) => this.of(hostId) ?? []));
    for (const rollout of overtaken) rollout.feed({ kind: 'superseded' });
    const hostIds = assignments.map(({ hostId }) => hostId);
    const course = startCourse(hostIds, hostTimeoutMs, clock.now());
    const rollout = this.#add(rolloutId, to, assignments, planned, course);
    ownEvents.record({ kind: 'rolloutChanged', rolloutId, state: 'running', reason: '', to });
    const connected = new Set(hostIds.filter((hostId) => live.host(hostId)?.isConnected));
    rollout.feed({ kind: 'started', connected });
    return rollout;
  }

  /** Sends the host its desired state, whole, as soon as the store has given it. */
  offer(assignment: Assignment, deadlineUs: bigint): void {
    this.#offers.offer(assignment, deadlineUs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#offers[Symbol.asyncDispose]();
    await Promise.all([...this.#active.values()].map((rollout) => rollout[Symbol.asyncDispose]()));
  }

  #running(): readonly ActiveRollout[] {
    return [...this.#active.values()].filter(({ state }) => state === 'running');
  }

  #add(
    rolloutId: string,
    to: readonly RevisionRef[],
    assignments: readonly Assignment[],
    planned: RolloutStep,
    course: RolloutCourse,
  ): ActiveRollout {
    const { store, clock, random, log, live } = this.#parts;
    const deadlineUs = clock.wallTimeUs() + BigInt(course.hostTimeoutMs) * 1000n;
    const rollout = new ActiveRollout({
      rolloutId,
      to,
      assignments: new Map(assignments.map((assignment) => [assignment.hostId, assignment])),
      course,
      planned,
      store: store.rollouts,
      clock,
      random,
      log,
      nameOf: (hostId) => live.host(hostId)?.name ?? hostId,
      offer: (assignment) => this.offer(assignment, deadlineUs),
      end: (ended, state, reason) => this.#end(ended, state, reason),
    });
    this.#active.set(rolloutId, rollout);
    return rollout;
  }

  async #end({ rolloutId, to }: ActiveRollout, state: RolloutState, reason: string): Promise<void> {
    const { store, clock, ownEvents } = this.#parts;
    const isSuccess = state === 'succeeded' || state === 'succeeded-with-deferred';
    const proven = isSuccess ? this.#alsoProven() : [];
    const others = proven.filter((ref) => !to.some(({ file }) => file === ref.file) && !this.bringing(ref));
    const stable = isSuccess ? [...to, ...others] : [];
    await store.rollouts.end(rolloutId, state, reason, clock.wallTimeUs(), stable);
    if (state === 'failed') this.#catalogue.failed(to);
    await this.#catalogue.becameStable(stable);
    this.#active.delete(rolloutId);
    ownEvents.record({ kind: 'rolloutChanged', rolloutId, state, reason, to });
  }

  #alsoProven(): readonly RevisionRef[] {
    const hosts = this.#parts.live.hosts(everyHost);
    return alsoProven(this.#catalogue.files(), hosts, (ref) => this.#catalogue.hasFailed(ref));
  }

  async #plannedAnew({ rolloutId, to }: RolloutRecord, tasks: readonly HostTaskRecord[]): Promise<RolloutStep> {
    const { store, live } = this.#parts;
    const [ref] = to;
    const revision = ref && (await store.configs.revision(ref.file, ref.revision));
    if (revision === undefined) {
      throw new FleetError('internal', `the store has rollout ${rolloutId}, but not the revision it brings`);
    }
    const nameOf = (hostId: string) => live.host(hostId)?.name ?? hostId;
    const targets = tasks.map(({ hostId }) => nameOf(hostId));
    return { kind: 'planned', rolloutId, revision, targets, offline: [], unchanged: false };
  }
}
