/** STARTING and BACKOFF: on the way up, one attempt after another. */
import { after, assertNever, type Instant } from '@fleetvisor/primitives';
import { enteredRunning, exited, spawned, spawnFailed } from '../main-log-lines.ts';
import type { Exit } from './exit.ts';
import type { Input, Rules } from './input.ts';
import {
  abandon,
  backOff,
  beginStop,
  exitOnItsOwn,
  following,
  giveUp,
  go,
  launch,
  log,
  passSignal,
  type StateOf,
  type Step,
  signalUnsent,
  stay,
  stopInBackoff,
  transition,
} from './moves.ts';
import { exitedTooQuickly, hasRetriesLeft } from './restart-policy.ts';
import type { Child, ProcessState } from './state.ts';

type Launching = Extract<ProcessState, { phase: 'launching' }>;
type Settling = Extract<ProcessState, { phase: 'settling' }>;

export function whileLaunching(rules: Rules, state: Launching, input: Input, now: Instant): Step {
  switch (input.kind) {
    case 'start':
      return stay(state, 'already-started');
    case 'stop':
      return go({ ...state, stopAsked: state.stopAsked === 'hand' ? 'hand' : input.cause });
    case 'signal':
      return stay(state, 'not-running');
    case 'spawned':
      return up(rules, state, input.pid, now);
    case 'spawnFailed': {
      const failed = { pid: undefined, exit: undefined, ranForUs: 0 };
      return following([log(spawnFailed(input.spawnError))], backOff(rules, state, failed, input.spawnError, now));
    }
    case 'autostart':
    case 'deadline':
      return stay(state);
    case 'exited':
    case 'signalUnsent':
      return stay(state); // there is no child before `spawned`
    default:
      return assertNever(input);
  }
}

/** The child lives: with startsecs of 0 it has but to wait for its turn. */
function up(rules: Rules, state: Launching, pid: number, now: Instant): Step {
  const child: Child = { pid, since: now, signalled: [] };
  const settling: Settling = {
    name: 'STARTING',
    phase: 'settling',
    run: state.run,
    attempts: state.attempts,
    child,
    deadline: after(now, Math.max(0, rules.spec.startsecs) * 1000),
  };
  const begun = [log(spawned(rules.spec.name, pid))];
  if (state.stopAsked !== undefined) return following(begun, beginStop(rules, settling, state.stopAsked, now));
  return following(begun, stay(settling));
}

function promote(rules: Rules, state: Settling): Step {
  const next = running(state);
  return go(next, transition(state, next), log(enteredRunning(rules.spec.name, rules.spec.startsecs)));
}

function running({ run, child }: Settling): StateOf<'RUNNING'> {
  return { name: 'RUNNING', run, child };
}

export function whileSettling(rules: Rules, state: Settling, input: Input, now: Instant): Step {
  switch (input.kind) {
    case 'start':
      return stay(state, 'already-started');
    case 'stop':
      return beginStop(rules, state, input.cause, now);
    case 'signal':
      return passSignal(rules, state, input.signal);
    case 'deadline':
      return now < state.deadline ? stay(state) : promote(rules, state);
    case 'exited': {
      if (now >= state.deadline) return exitUnnoticed(rules, state, input.exit, now);
      const { pid, since } = state.child;
      const failed = { pid, exit: input.exit, ranForUs: now - since };
      // Any code is too early a one, an expected one too.
      const tooEarly = [log(exited(rules.spec.name, input.exit, false))];
      return following(tooEarly, backOff(rules, state, failed, exitedTooQuickly, now));
    }
    case 'signalUnsent':
      return signalUnsent(rules, state, input);
    case 'autostart':
    case 'spawned':
    case 'spawnFailed':
      return stay(state);
    default:
      return assertNever(input);
  }
}

/**
 * It had stayed up, and ended before that was seen: it passes through RUNNING, and listeners see both events, and who has
 * asked for its start that it came up: a program of no startsecs that is done at once has not failed. The line of
 * success is missing then, as in Supervisor, but not where startsecs are none: there Supervisor looks before it reaps.
 */
function exitUnnoticed(rules: Rules, state: Settling, exit: Exit, now: Instant): Step {
  const passed = running(state);
  const noticed = rules.spec.startsecs <= 0 ? promote(rules, state).effects : [transition(state, passed)];
  return { ...following(noticed, exitOnItsOwn(rules, passed, exit, now)), passed };
}

export function whileInBackoff(rules: Rules, state: StateOf<'BACKOFF'>, input: Input, now: Instant): Step {
  switch (input.kind) {
    case 'start':
      return stay(state, 'already-started');
    case 'stop':
      return input.cause === 'shutdown' ? abandon(state) : stopInBackoff(rules, state, input.cause);
    case 'signal':
      return stay(state, 'not-running');
    case 'deadline':
      if (now < state.deadline) return stay(state);
      if (rules.isShuttingDown) return abandon(state);
      return hasRetriesLeft(rules.spec, state.attempts) ? launch(state) : giveUp(rules, state);
    case 'autostart':
    case 'spawned':
    case 'spawnFailed':
    case 'exited':
    case 'signalUnsent':
      return stay(state);
    default:
      return assertNever(input);
  }
}
