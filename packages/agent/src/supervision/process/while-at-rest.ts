/** STOPPED, EXITED and FATAL: nothing lives, and a start may be due. */
import { assertNever, type Instant } from '@fleetvisor/primitives';
import type { Input, Rules } from './input.ts';
import { atRest, go, launch, type StateOf, type Step, stay, transition } from './moves.ts';
import { isAboutToStart, type StopCause } from './state.ts';

type AtRest = StateOf<'STOPPED' | 'EXITED' | 'FATAL'>;

export function whileAtRest(rules: Rules, state: AtRest, input: Input, now: Instant): Step {
  switch (input.kind) {
    case 'autostart':
      return startsByItself(rules, state) ? go({ ...state, startAt: now }) : stay(state);
    case 'start':
      return startFromRest(rules, state, input.cause, now);
    case 'stop':
      return isAboutToStart(state) ? callOffStart(state, input.cause) : stay(state, 'not-running');
    case 'signal':
      return stay(state, 'not-running');
    case 'deadline':
      if (state.startAt === undefined || now < state.startAt) return stay(state);
      return rules.isShuttingDown ? go({ ...state, startAt: undefined }) : launch(state);
    case 'spawned':
    case 'spawnFailed':
    case 'exited':
    case 'signalUnsent':
      return stay(state); // the run is over and told of
    default:
      return assertNever(input);
  }
}

/** Autostart holds once in the life of a process. */
function startsByItself(rules: Rules, state: AtRest): boolean {
  const isNew = state.name === 'STOPPED' && !state.wasAttempted && !state.stoppedByHand;
  return isNew && rules.spec.autostart && !rules.isShuttingDown && !isAboutToStart(state);
}

function startFromRest(rules: Rules, state: AtRest, cause: 'hand' | 'plan', now: Instant): Step {
  if (rules.isShuttingDown) return stay(state, 'shutting-down');
  if (isAboutToStart(state)) return stay(state, 'already-started');
  if (state.name !== 'STOPPED') return go({ ...state, startAt: now });
  if (cause === 'plan' && state.stoppedByHand) return stay(state, 'held');
  return go({ ...state, stoppedByHand: false, startAt: now });
}

/** What a person stops on its way up stays down, and shows it. */
function callOffStart(state: AtRest, cause: StopCause): Step {
  if (state.name === 'STOPPED') return go({ ...state, stoppedByHand: cause === 'hand', startAt: undefined });
  if (state.name === 'FATAL' || cause !== 'hand') return go({ ...state, startAt: undefined });
  const next = atRest(state.run, 0, state.spawnError, cause);
  return go(next, transition(state, next));
}
