/**
 * The life of one process as a pure function: Supervisor's states, transitions and timing. The shell
 * carries out the effects and feeds the answers back; every pair of state and input is decided here.
 */
import { assertNever, type Instant } from '@fleetvisor/primitives';
import type { Input, Rules } from './input.ts';
import { type Step, stay } from './moves.ts';
import type { ProcessState } from './state.ts';
import { whileAtRest } from './while-at-rest.ts';
import { whileInBackoff, whileLaunching, whileSettling } from './while-starting.ts';
import { whileRunning, whileStopping, whileUnknown } from './while-up.ts';

/** What an input makes of a state, and what is to be done about it. */
export function step(rules: Rules, state: ProcessState, input: Input, now: Instant): Step {
  if ('run' in input && input.run !== state.run) return stay(state); // news of an older run
  switch (state.name) {
    case 'STOPPED':
    case 'EXITED':
    case 'FATAL':
      return whileAtRest(rules, state, input, now);
    case 'STARTING':
      return state.phase === 'launching'
        ? whileLaunching(rules, state, input, now)
        : whileSettling(rules, state, input, now);
    case 'RUNNING':
      return whileRunning(rules, state, input, now);
    case 'BACKOFF':
      return whileInBackoff(rules, state, input, now);
    case 'STOPPING':
      return whileStopping(rules, state, input, now);
    case 'UNKNOWN':
      return whileUnknown(rules, state, input, now);
    default:
      return assertNever(state);
  }
}
