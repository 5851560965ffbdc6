/** The states of one process, each with only its own facts. Knows nothing of clocks, children or logs. */
import { FleetError, type Instant } from '@fleetvisor/primitives';
import type { Exit } from './exit.ts';

declare const runIdBrand: unique symbol;

/** Numbers the launches of a process; grows with every attempt, so that news of an older run is recognised and dropped. */
export type RunId = number & { readonly [runIdBrand]: true };

/** @throws FleetError `invalid` unless `value` is a whole number from 0 on. */
export function runId(value: number): RunId {
  if (!Number.isSafeInteger(value) || value < 0) throw new FleetError('invalid', `cannot number a run ${value}`);
  return value as RunId; // the brand exists in types alone
}

export function nextRun(run: RunId): RunId {
  return runId(run + 1);
}

/** A child that lives, or that nobody has seen die. */
export interface Child {
  readonly pid: number;
  readonly since: Instant;
  /** Signals that a person had us send to it: dying of one of them is no crash. */
  readonly signalled: readonly string[];
}

/** How the last attempt to start ended; without a pid no child was made. */
export interface FailedAttempt {
  readonly pid: number | undefined;
  readonly exit: Exit | undefined;
  /** Microseconds; 0 when no child was made. */
  readonly ranForUs: number;
}

/**
 * Who wants it down: only a stop by hand outlives an upgrade of the agent or a rollout. `restart`: a plan that starts it
 * again afterwards.
 */
export type StopCause = 'hand' | 'plan' | 'restart' | 'shutdown';

/**
 * `run` is the present or last launch. `attempts` counts failed starts in a row and survives a stop, as in Supervisor. `startAt` in a state of rest: a start is due and waits for its turn.
 */
export type ProcessState =
  | {
      readonly name: 'STOPPED';
      readonly run: RunId;
      readonly attempts: number;
      readonly spawnError: string;
      /** False until the first attempt to start it: autostart holds only then. */
      readonly wasAttempted: boolean;
      readonly stoppedByHand: boolean;
      readonly startAt: Instant | undefined;
    }
  /** The launch has been asked for and is not answered yet. */
  | {
      readonly name: 'STARTING';
      readonly phase: 'launching';
      readonly run: RunId;
      readonly attempts: number;
      readonly stopAsked: StopCause | undefined;
    }
  /** The child lives, and startsecs have not passed. */
  | {
      readonly name: 'STARTING';
      readonly phase: 'settling';
      readonly run: RunId;
      readonly attempts: number;
      readonly child: Child;
      readonly deadline: Instant;
    }
  | { readonly name: 'RUNNING'; readonly run: RunId; readonly child: Child }
  | {
      readonly name: 'BACKOFF';
      readonly run: RunId;
      readonly attempts: number;
      readonly spawnError: string;
      readonly failed: FailedAttempt;
      readonly deadline: Instant;
    }
  /** The stop signal is sent; at the deadline SIGKILL follows, again and again. */
  | {
      readonly name: 'STOPPING';
      readonly run: RunId;
      readonly attempts: number;
      readonly child: Child;
      readonly cause: StopCause;
      readonly deadline: Instant;
    }
  | {
      readonly name: 'EXITED';
      readonly run: RunId;
      readonly exit: Exit;
      /** Empty when the exit was expected. */
      readonly spawnError: string;
      readonly startAt: Instant | undefined;
    }
  | { readonly name: 'FATAL'; readonly run: RunId; readonly spawnError: string; readonly startAt: Instant | undefined }
  /** The child could not be signalled: it may live on. */
  | {
      readonly name: 'UNKNOWN';
      readonly run: RunId;
      readonly attempts: number;
      readonly child: Child;
      readonly stopAsked: StopCause | undefined;
    };

/**
 * A process that was never started.
 * @param lastRun its runs are numbered from the one after this
 * @param stoppedByHand a person stopped it in an earlier life of the agent: it stays down
 */
export function neverStarted(lastRun: RunId, stoppedByHand = false): Extract<ProcessState, { name: 'STOPPED' }> {
  return {
    name: 'STOPPED',
    run: lastRun,
    attempts: 0,
    spawnError: '',
    wasAttempted: false,
    stoppedByHand,
    startAt: undefined,
  };
}

/** The one timer a state needs. The shell arms this and nothing else. */
export function deadlineOf(state: ProcessState): Instant | undefined {
  if ('deadline' in state) return state.deadline;
  return 'startAt' in state ? state.startAt : undefined;
}

/** Whether a launch is what happens at the deadline. */
export function isLaunchAhead(state: ProcessState): boolean {
  return state.name === 'BACKOFF' || isAboutToStart(state);
}

/** A person wants it down: it is, or it is on its way there. */
export function isStoppedByHand(state: ProcessState): boolean {
  if (state.name === 'STOPPED') return state.stoppedByHand;
  if (state.name === 'STOPPING') return state.cause === 'hand';
  return 'stopAsked' in state && state.stopAsked === 'hand';
}

/** It is being stopped to be started again, or by a shutdown: should its agent be killed over it, the next one starts it. */
export function isStoppedForNow(state: ProcessState): boolean {
  return state.name === 'STOPPING' && (state.cause === 'restart' || state.cause === 'shutdown');
}

/** The child of the present run, if there is one. */
export function childOf(state: ProcessState): Child | undefined {
  return 'child' in state ? state.child : undefined;
}

/** Failed starts in a row, as Supervisor's events count them. */
export function triesOf(state: ProcessState): number {
  return 'attempts' in state ? state.attempts : 0;
}

/** Supervisor's spawnerr: forgotten with the next attempt. */
export function spawnErrorOf(state: ProcessState): string {
  return 'spawnError' in state ? state.spawnError : '';
}

/** Supervisor's stopped set: such a process can be removed, and a shutdown does not wait for it. */
export function isStopped(state: ProcessState): boolean {
  return state.name === 'STOPPED' || state.name === 'EXITED' || state.name === 'FATAL' || state.name === 'UNKNOWN';
}

/** At rest in Supervisor's words, and yet about to start: a start is due and waits for its turn. */
export function isAboutToStart(state: ProcessState): boolean {
  return 'startAt' in state && state.startAt !== undefined;
}

/** Supervisor's running set, with what is about to start: a start has nothing to add, a stop has something to do. */
export function isUp(state: ProcessState): boolean {
  return state.name === 'STARTING' || state.name === 'RUNNING' || state.name === 'BACKOFF' || isAboutToStart(state);
}

/** Supervisor's signallable set. */
export function isSignallable(state: ProcessState): boolean {
  return state.name === 'STARTING' || state.name === 'RUNNING' || state.name === 'STOPPING';
}
