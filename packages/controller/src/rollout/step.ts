/**
 * What becomes of one host's task in a rollout of one batch: every connected target is offered the new state at once,
 * one that is away is deferred and joins when it returns. Pure: no clock, no store, no link, and no other host: what
 * the tasks make together is `course.ts`.
 *
 * A task is *open* while it has a deadline. Every task that waits for something has one, so it always ends by time,
 * never by waiting for an answer.
 */
import { after, type Instant, instant } from '@fleetvisor/primitives';
import type { ConfigPhase } from '../fleet/config-facts.ts';
import type { HostTaskState } from '../store/rollouts.ts';

export interface HostTask {
  readonly hostId: string;
  readonly state: HostTaskState;
  /** undefined: no longer waited for. */
  readonly deadline: Instant | undefined;
}

/** What a host says of this rollout's state on it, when it returns. */
export type HostVerdict = ConfigPhase | 'not-told';

/** What concerns one host. */
export type HostInput =
  | { readonly kind: 'phase'; readonly hostId: string; readonly phase: ConfigPhase }
  | { readonly kind: 'hostArrived'; readonly hostId: string; readonly verdict: HostVerdict }
  | { readonly kind: 'hostGone'; readonly hostId: string }
  /** It is not part of the fleet any more. */
  | { readonly kind: 'hostForgotten'; readonly hostId: string }
  | { readonly kind: 'deadline'; readonly hostId: string };

export type RolloutInput =
  | HostInput
  | { readonly kind: 'started'; readonly connected: ReadonlySet<string> }
  /** The controller has restarted and nobody is connected yet. */
  | { readonly kind: 'resumed' }
  /** Another rollout has taken these hosts. */
  | { readonly kind: 'superseded' };

/** What becomes of a task. `offer`: the state is to be sent to the host now. */
export interface Change {
  readonly task: HostTask;
  readonly offer: boolean;
}

/** How long a host that went away is waited for. */
const vanishedMs = 30_000;

/** @param hostTimeoutMs how long a host may take from its offer on */
export function step(task: HostTask, input: RolloutInput, now: Instant, hostTimeoutMs: number): Change | undefined {
  switch (input.kind) {
    case 'started':
      if (task.state !== 'pending') return undefined;
      return input.connected.has(task.hostId) ? offered(task, now, hostTimeoutMs) : to(task, 'deferred', undefined);
    case 'resumed':
      return undefined;
    case 'phase':
      return onPhase(task, input.phase);
    case 'hostArrived':
      return onArrival(task, input.verdict, now, hostTimeoutMs);
    case 'hostGone':
      return onGone(task, now);
    case 'hostForgotten':
      return task.deadline === undefined ? undefined : to(task, 'vanished', undefined);
    case 'deadline':
      if (task.deadline === undefined || task.deadline > now) return undefined;
      return to(task, task.state === 'vanished' ? 'vanished' : 'timed-out', undefined);
    case 'superseded':
      return mayBeOffered(task) ? to(task, 'superseded', undefined) : undefined;
  }
}

/** Whether a stored task in this state is still waited for after a restart of the controller. */
export const waits = {
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
function onArrival(task: HostTask, verdict: HostVerdict, now: Instant, hostTimeoutMs: number): Change | undefined {
  if (!mayBeOffered(task)) return undefined;
  const again = offered(task, now, hostTimeoutMs);
  if (verdict === 'not-told') return again;
  return onPhase(again.task, verdict) ?? { ...again, offer: false };
}

function onGone(task: HostTask, now: Instant): Change | undefined {
  if (!isOutstanding(task) || task.deadline === undefined) return undefined;
  return to(task, 'vanished', instant(Math.min(task.deadline, after(now, vanishedMs))));
}

function offered(task: HostTask, now: Instant, hostTimeoutMs: number): Change {
  return { task: { ...task, state: 'offered', deadline: after(now, hostTimeoutMs) }, offer: true };
}

function to(task: HostTask, state: HostTaskState, deadline: Instant | undefined): Change {
  return { task: { ...task, state, deadline }, offer: false };
}

/** An offer is with the host. */
function isOutstanding({ state }: HostTask): boolean {
  return state === 'offered' || state === 'accepted' || state === 'applying';
}

/** It has no verdict yet. */
function mayBeOffered({ state, deadline }: HostTask): boolean {
  return state === 'deferred' || (waits[state] && deadline !== undefined);
}
