/** The moves that several states share. Each makes the next state and says what it takes; pure as the rest of this folder. */
import { after, type Instant } from '@fleetvisor/primitives';
import {
  cannotSignal,
  exited,
  gaveUp,
  goneBeforeSignal,
  killing,
  type MainLogLine,
  sending,
  stopped,
  stoppedInBackoff,
} from '../main-log-lines.ts';
import type { Effect, SignalPurpose, Transition } from './effect.ts';
import type { Exit } from './exit.ts';
import type { Answer, Input, Rules } from './input.ts';
import { backoffMs, badExit, hasRetriesLeft, isDeathAsked, isExpected, restartsAfter } from './restart-policy.ts';
import {
  type Child,
  childOf,
  type FailedAttempt,
  nextRun,
  type ProcessState,
  type RunId,
  type StopCause,
  spawnErrorOf,
  triesOf,
} from './state.ts';

export interface Step {
  readonly state: ProcessState;
  readonly effects: readonly Effect[];
  readonly answer: Answer;
  /** A state that it was in on the way: whoever waits for that has seen it. */
  readonly passed?: ProcessState;
}

export type StateOf<Name extends ProcessState['name']> = Extract<ProcessState, { name: Name }>;
/** The states in which a child is known to live. */
export type WithChild = Extract<ProcessState, { child: Child }>;

/** Nothing happens here, and that was decided. */
export function stay(state: ProcessState, answer: Answer = 'taken'): Step {
  return { state, effects: [], answer };
}

export function go(state: ProcessState, ...effects: Effect[]): Step {
  return { state, effects, answer: 'taken' };
}

/** What has happened so far, then `next`. */
export function following(effects: readonly Effect[], next: Step): Step {
  return { ...next, effects: [...effects, ...next.effects] };
}

export function log(line: MainLogLine): Effect {
  return { kind: 'log', line };
}

/** The transition between two states; facts that are not given are those of the new one. */
export function transition(from: ProcessState, to: ProcessState, facts: Partial<Transition> = {}): Effect {
  const told: Transition = {
    from: from.name,
    to: to.name,
    run: to.run,
    pid: childOf(to)?.pid ?? 0,
    tries: triesOf(to),
    exit: undefined,
    expected: true,
    spawnError: spawnErrorOf(to),
    ...facts,
  };
  return { kind: 'transition', transition: told };
}

/** Asks for the next launch. */
export function launch(state: ProcessState): Step {
  const next: ProcessState = {
    name: 'STARTING',
    phase: 'launching',
    run: nextRun(state.run),
    attempts: triesOf(state),
    stopAsked: undefined,
  };
  return go(next, transition(state, next), { kind: 'spawn', run: next.run });
}

/** A start has failed: wait for the next attempt, or give up. */
export function backOff(
  rules: Rules,
  state: StateOf<'STARTING'>,
  failed: FailedAttempt,
  why: string,
  now: Instant,
): Step {
  const attempts = state.attempts + 1;
  const next: StateOf<'BACKOFF'> = {
    name: 'BACKOFF',
    run: state.run,
    attempts,
    spawnError: why,
    failed,
    deadline: after(now, backoffMs(attempts)),
  };
  const facts = { pid: failed.pid ?? 0, exit: failed.exit, expected: false };
  const entered = [transition(state, next, facts)];
  if (state.phase === 'launching' && state.stopAsked !== undefined) {
    return following(entered, stopInBackoff(rules, next, state.stopAsked));
  }
  return following(entered, hasRetriesLeft(rules.spec, attempts) ? stay(next) : giveUp(rules, next));
}

/** Start attempts are used up: one crash. */
export function giveUp(rules: Rules, state: StateOf<'BACKOFF'>): Step {
  const { pid = 0, exit, ranForUs } = state.failed;
  const crash = { run: state.run, pid, exit, fatal: true, spawnError: state.spawnError, ranForUs };
  const { state: fatal, effects } = rest(state, { tries: state.attempts, expected: false });
  return go(fatal, ...effects, { kind: 'crash', crash }, log(gaveUp(rules.spec.name)));
}

/** BACKOFF at shutdown: FATAL as in Supervisor, though nothing was used up; so neither a crash nor a line. */
export function abandon(state: StateOf<'BACKOFF'>): Step {
  return rest(state, {});
}

function rest(state: StateOf<'BACKOFF'>, facts: Partial<Transition>): Step {
  const next: ProcessState = { name: 'FATAL', run: state.run, spawnError: state.spawnError, startAt: undefined };
  return go(next, transition(state, next, { pid: state.failed.pid ?? 0, ...facts }));
}

/** There is nothing to kill, and no reason to wait for the next attempt. */
export function stopInBackoff(rules: Rules, state: StateOf<'BACKOFF'>, cause: StopCause): Step {
  const next = atRest(state.run, state.attempts, state.spawnError, cause);
  return go(next, log(stoppedInBackoff(rules.spec.name)), transition(state, next));
}

/** STOPPED after at least one attempt. */
export function atRest(run: RunId, attempts: number, spawnError: string, cause: StopCause): StateOf<'STOPPED'> {
  return {
    name: 'STOPPED',
    run,
    attempts,
    spawnError,
    wasAttempted: true,
    stoppedByHand: cause === 'hand',
    startAt: undefined,
  };
}

/** Sends the stop signal to a living child. */
export function beginStop(rules: Rules, state: WithChild, cause: StopCause, now: Instant): Step {
  const { spec } = rules;
  const next: StateOf<'STOPPING'> = {
    name: 'STOPPING',
    run: state.run,
    attempts: triesOf(state),
    child: state.child,
    cause,
    deadline: after(now, spec.stopwaitsecs * 1000),
  };
  return go(next, transition(state, next), ...kill(rules, next, spec.stopsignal, spec.stopasgroup, 'stop'));
}

/** A signal that shall end the child, and the line that tells of it. */
export function kill(
  rules: Rules,
  state: WithChild,
  signal: string,
  toGroup: boolean,
  purpose: 'stop' | 'kill',
): Effect[] {
  return [
    log(killing(rules.spec.name, state.child.pid, signal, toGroup)),
    { kind: 'signal', run: state.run, signal, toGroup, purpose },
  ];
}

/** A signal that a person asked for; never to the group. */
export function passSignal(rules: Rules, state: WithChild, signal: string): Step {
  const { child } = state;
  const signalled = child.signalled.includes(signal) ? child.signalled : [...child.signalled, signal];
  const effect: Effect = { kind: 'signal', run: state.run, signal, toGroup: false, purpose: 'signal' };
  return go({ ...state, child: { ...child, signalled } }, log(sending(rules.spec.name, child.pid, signal)), effect);
}

/** A child that is gone will be heard of by its exit; one that refuses is nobody's to know any more. */
export function signalUnsent(rules: Rules, state: WithChild, input: Extract<Input, { kind: 'signalUnsent' }>): Step {
  const { name } = rules.spec;
  const { pid } = state.child;
  if (input.refusal === undefined) return go(state, log(goneBeforeSignal(name, pid)));
  const next: ProcessState = {
    name: 'UNKNOWN',
    run: state.run,
    attempts: triesOf(state),
    child: state.child,
    stopAsked: state.name === 'STOPPING' ? state.cause : undefined,
  };
  return go(next, log(cannotSignal(name, pid, logged(input.purpose), input.refusal)), transition(state, next, { pid }));
}

function logged(purpose: SignalPurpose): 'stop' | 'signal' {
  return purpose === 'signal' ? 'signal' : 'stop';
}

/** A child that nobody asked to stop has ended, after it was RUNNING. */
export function exitOnItsOwn(rules: Rules, state: WithChild, exit: Exit, now: Instant): Step {
  const { child, run } = state;
  const { pid } = child;
  const expected = isExpected(rules.spec, exit);
  const spawnError = expected ? '' : badExit(exit);
  const startAt = restartsAfter(rules, exit) ? now : undefined;
  const next: ProcessState = { name: 'EXITED', run, exit, spawnError, startAt };
  const crash = { run, pid, exit, fatal: false, spawnError, ranForUs: now - child.since };
  const crashes: Effect[] = expected || isDeathAsked(child, exit) ? [] : [{ kind: 'crash', crash }];
  const told = transition(state, next, { pid, exit, expected });
  return go(next, told, ...crashes, log(exited(rules.spec.name, exit, expected)));
}

/** A child that was asked to stop has ended. */
export function exitAsAsked(rules: Rules, state: WithChild, exit: Exit, cause: StopCause): Step {
  const next = atRest(state.run, triesOf(state), '', cause);
  const { pid } = state.child;
  const line = log(stopped(rules.spec.name, exit, isExpected(rules.spec, exit)));
  return go(next, transition(state, next, { pid, exit }), line);
}
