/**
 * The life of a rollout of one batch: every connected target is offered the new state at once, one that is away is
 * deferred and joins when it returns. Pure: no clock, no store, no link.
 *
 * A host's task is *open* while it has a deadline; the rollout ends when none is. Every open task has one, so a
 * rollout always ends by time, never by waiting for an answer.
 */
import { after, type Instant, instant } from '@fleetvisor/primitives';
import type { ConfigPhase } from '../fleet/config-facts.ts';
import type { HostTaskState, RolloutState } from '../store/rollouts.ts';

export interface HostTask {
  readonly hostId: string;
  readonly state: HostTaskState;
  /** undefined: no longer waited for. */
  readonly deadline: Instant | undefined;
}

export interface RolloutCourse {
  readonly state: RolloutState;
  readonly tasks: ReadonlyMap<string, HostTask>;
  /** How long a host may take from its offer on. */
  readonly hostTimeoutMs: number;
}

/** What a host says of this rollout's state on it, when it returns. */
export type HostVerdict = ConfigPhase | 'not-told';

export type RolloutInput =
  | { readonly kind: 'started'; readonly connected: ReadonlySet<string> }
  /** The controller has restarted and nobody is connected yet. */
  | { readonly kind: 'resumed' }
  | { readonly kind: 'phase'; readonly hostId: string; readonly phase: ConfigPhase }
  | { readonly kind: 'hostArrived'; readonly hostId: string; readonly verdict: HostVerdict }
  | { readonly kind: 'hostGone'; readonly hostId: string }
  /** It is not part of the fleet any more. */
  | { readonly kind: 'hostForgotten'; readonly hostId: string }
  | { readonly kind: 'deadline' }
  /** Another rollout has taken these hosts. */
  | { readonly kind: 'superseded' };

export type RolloutEffect =
  | { readonly kind: 'offer'; readonly hostId: string }
  | { readonly kind: 'task'; readonly hostId: string; readonly state: HostTaskState }
  | { readonly kind: 'end'; readonly state: RolloutState };

export interface RolloutMove {
  readonly course: RolloutCourse;
  readonly effects: readonly RolloutEffect[];
}

/** How long a host that went away is waited for. */
const vanishedMs = 30_000;

export function startCourse(hostIds: Iterable<string>, hostTimeoutMs: number, now: Instant): RolloutCourse {
  const deadline = after(now, hostTimeoutMs);
  const tasks = new Map([...hostIds].map((hostId) => [hostId, { hostId, state: 'pending' as const, deadline }]));
  return { state: 'running', tasks, hostTimeoutMs };
}

/** Goes on with what a restart of the controller interrupted. */
export function resumeCourse(
  stored: Iterable<{ readonly hostId: string; readonly state: HostTaskState }>,
  hostTimeoutMs: number,
  now: Instant,
): RolloutCourse {
  const deadline = after(now, hostTimeoutMs);
  const tasks = [...stored].map(({ hostId, state }): [string, HostTask] => [
    hostId,
    { hostId, state, deadline: waits[state] ? deadline : undefined },
  ]);
  return { state: 'running', tasks: new Map(tasks), hostTimeoutMs };
}

/** The one timer a course needs. */
export function deadlineOf(course: RolloutCourse): Instant | undefined {
  if (course.state !== 'running') return undefined;
  const deadlines = [...course.tasks.values()].flatMap(({ deadline }) => deadline ?? []);
  return deadlines.length === 0 ? undefined : instant(deadlines.reduce((a, b) => Math.min(a, b), Infinity));
}

export function step(course: RolloutCourse, input: RolloutInput, now: Instant): RolloutMove {
  if (course.state !== 'running') return { course, effects: [] };
  return settle(course, changesOf(course, input, now));
}

/** What becomes of one task. `offer`: the state is to be sent to the host now. */
interface Change {
  readonly task: HostTask;
  readonly offer: boolean;
}

function changesOf(course: RolloutCourse, input: RolloutInput, now: Instant): readonly Change[] {
  switch (input.kind) {
    case 'started':
      return open(course, 'pending').map((task) =>
        input.connected.has(task.hostId) ? offered(course, task, now) : to(task, 'deferred', undefined),
      );
    case 'resumed':
      return [];
    case 'phase':
      return changeOne(course, input.hostId, (task) => onPhase(task, input.phase));
    case 'hostArrived':
      return changeOne(course, input.hostId, (task) => onArrival(course, task, input.verdict, now));
    case 'hostGone':
      return changeOne(course, input.hostId, (task) => onGone(task, now));
    case 'hostForgotten':
      return changeOne(course, input.hostId, (task) => (task.deadline ? to(task, 'vanished', undefined) : undefined));
    case 'deadline':
      return open(course)
        .filter(({ deadline }) => deadline !== undefined && deadline <= now)
        .map((task) => to(task, task.state === 'vanished' ? 'vanished' : 'timed-out', undefined));
    case 'superseded':
      return [...course.tasks.values()].filter(mayBeOffered).map((task) => to(task, 'superseded', undefined));
  }
}

/** What a phase means for a task that waits; `to` nowhere else. An older phase than the one reached says nothing. */
function onPhase(task: HostTask, phase: ConfigPhase): Change | undefined {
  if (!isOutstanding(task)) return undefined;
  switch (phase) {
    case 'accepted':
      return task.state === 'offered' ? to(task, 'accepted', task.deadline) : undefined;
    case 'applying':
      return task.state === 'applying' ? undefined : to(task, 'applying', task.deadline);
    case 'applied':
      return to(task, 'healthy', undefined);
    case 'rejected':
      return to(task, 'rejected', undefined);
    case 'failed':
    case 'reverted':
      return to(task, 'unhealthy', undefined);
  }
}

/** A host is back: it may have carried on alone, else it is offered (again). */
function onArrival(course: RolloutCourse, task: HostTask, verdict: HostVerdict, now: Instant): Change | undefined {
  if (!mayBeOffered(task)) return undefined;
  const again = offered(course, task, now);
  if (verdict === 'not-told') return again;
  return onPhase(again.task, verdict) ?? { ...again, offer: false };
}

function onGone(task: HostTask, now: Instant): Change | undefined {
  if (!isOutstanding(task) || task.deadline === undefined) return undefined;
  return to(task, 'vanished', instant(Math.min(task.deadline, after(now, vanishedMs))));
}

function offered(course: RolloutCourse, task: HostTask, now: Instant): Change {
  const task2 = { ...task, state: 'offered' as const, deadline: after(now, course.hostTimeoutMs) };
  return { task: task2, offer: true };
}

function to(task: HostTask, state: HostTaskState, deadline: Instant | undefined): Change {
  return { task: { ...task, state, deadline }, offer: false };
}

function changeOne(
  course: RolloutCourse,
  hostId: string,
  change: (task: HostTask) => Change | undefined,
): readonly Change[] {
  const task = course.tasks.get(hostId);
  const changed = task && change(task);
  return changed === undefined ? [] : [changed];
}

/** Writes the changes into the course, and ends it when nothing is waited for. */
function settle(course: RolloutCourse, changes: readonly Change[]): RolloutMove {
  const tasks = new Map(course.tasks);
  const effects: RolloutEffect[] = [];
  for (const { task, offer } of changes) {
    const before = tasks.get(task.hostId);
    tasks.set(task.hostId, task);
    if (before?.state !== task.state) effects.push({ kind: 'task', hostId: task.hostId, state: task.state });
    if (offer) effects.push({ kind: 'offer', hostId: task.hostId });
  }
  const states = new Set([...tasks.values()].map(({ state }) => state));
  const isOver = [...tasks.values()].every(({ deadline }) => deadline === undefined);
  if (!isOver) return { course: { ...course, tasks }, effects };
  const state = endOf(states);
  return { course: { ...course, tasks, state }, effects: [...effects, { kind: 'end', state }] };
}

function endOf(states: ReadonlySet<HostTaskState>): RolloutState {
  if (states.has('superseded')) return 'superseded';
  if (failures.some((state) => states.has(state))) return 'failed';
  return states.has('deferred') ? 'succeeded-with-deferred' : 'succeeded';
}

const failures: readonly HostTaskState[] = ['rejected', 'unhealthy', 'timed-out', 'vanished'];

/** Whether a stored task in this state is still waited for after a restart of the controller. */
const waits = {
  pending: true,
  offered: true,
  accepted: true,
  applying: true,
  vanished: true,
  deferred: false,
  healthy: false,
  rejected: false,
  unhealthy: false,
  'timed-out': false,
  superseded: false,
} as const satisfies Record<HostTaskState, boolean>;

/** An offer is with the host. */
function isOutstanding({ state }: HostTask): boolean {
  return state === 'offered' || state === 'accepted' || state === 'applying';
}

/** It has no verdict yet. */
function mayBeOffered({ state, deadline }: HostTask): boolean {
  return state === 'deferred' || (waits[state] && deadline !== undefined);
}

function open(course: RolloutCourse, state?: HostTaskState): readonly HostTask[] {
  const all = [...course.tasks.values()].filter(({ deadline }) => deadline !== undefined);
  return state === undefined ? all : all.filter((task) => task.state === state);
}
