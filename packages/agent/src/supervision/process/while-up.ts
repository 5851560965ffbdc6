/** RUNNING, STOPPING and UNKNOWN: a child lives until it is heard to have ended. */
import { after, assertNever, type Instant } from '@fleetvisor/primitives';
import { overranStop, startWhileUp } from '../main-log-lines.ts';
import type { Input, Rules } from './input.ts';
import {
  beginStop,
  exitAsAsked,
  exitOnItsOwn,
  go,
  kill,
  log,
  passSignal,
  type StateOf,
  type Step,
  signalUnsent,
  stay,
} from './moves.ts';
import { killAgainMs } from './restart-policy.ts';

export function whileRunning(rules: Rules, state: StateOf<'RUNNING'>, input: Input, now: Instant): Step {
  switch (input.kind) {
    case 'start':
      return stay(state, 'already-started');
    case 'stop':
      return beginStop(rules, state, input.cause, now);
    case 'signal':
      return passSignal(rules, state, input.signal);
    case 'exited':
      return exitOnItsOwn(rules, state, input.exit, now);
    case 'signalUnsent':
      return signalUnsent(rules, state, input);
    case 'autostart':
    case 'deadline':
    case 'spawned':
    case 'spawnFailed':
      return stay(state);
    default:
      return assertNever(input);
  }
}

export function whileStopping(rules: Rules, state: StateOf<'STOPPING'>, input: Input, now: Instant): Step {
  switch (input.kind) {
    case 'start':
      return { ...stay(state, 'stopping'), effects: [log(startWhileUp(rules.spec.name))] };
    case 'stop':
      return stay({ ...state, cause: input.cause === 'hand' ? 'hand' : state.cause }, 'not-running');
    case 'signal':
      return passSignal(rules, state, input.signal);
    case 'deadline':
      return now < state.deadline ? stay(state) : killOverrun(rules, state, now);
    case 'exited': {
      const stopped = exitAsAsked(rules, state, input.exit, state.cause);
      if (!rules.spec.stopasgroup) return stopped;
      return go(stopped.state, ...stopped.effects, {
        kind: 'watchGroup',
        leader: state.child.pid,
        until: state.deadline,
      });
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

function killOverrun(rules: Rules, state: StateOf<'STOPPING'>, now: Instant): Step {
  const next = { ...state, deadline: after(now, killAgainMs(rules.spec)) };
  const kills = kill(rules, next, 'KILL', rules.spec.killasgroup, 'kill');
  return go(next, log(overranStop(rules.spec.name, state.child.pid)), ...kills);
}

export function whileUnknown(rules: Rules, state: StateOf<'UNKNOWN'>, input: Input, now: Instant): Step {
  switch (input.kind) {
    case 'start':
      return stay(state, 'unknown-state');
    case 'stop':
      // Supervisor says so too; but when it does end, it is not to come back.
      return stay({ ...state, stopAsked: state.stopAsked === 'hand' ? 'hand' : input.cause }, 'not-running');
    case 'signal':
      return stay(state, 'not-running');
    case 'exited':
      return state.stopAsked === undefined
        ? exitOnItsOwn(rules, state, input.exit, now)
        : exitAsAsked(rules, state, input.exit, state.stopAsked);
    case 'signalUnsent': // nothing more can be wrong with it
    case 'autostart':
    case 'deadline':
    case 'spawned':
    case 'spawnFailed':
      return stay(state);
    default:
      return assertNever(input);
  }
}
