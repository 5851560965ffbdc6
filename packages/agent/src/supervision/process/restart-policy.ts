/** Whether a run ended well, whether it is started again, and after how long. Supervisor's rules, nothing else. */
import type { ProcessSpec } from '@fleetvisor/config';
import { assertNever } from '@fleetvisor/primitives';
import type { Exit } from './exit.ts';
import type { Rules } from './input.ts';
import type { Child } from './state.ts';

export const exitedTooQuickly = 'Exited too quickly (process log may have details)';

/** Only an exit code can be expected: a signal never is, nor an end that nobody saw. */
export function isExpected(spec: ProcessSpec, exit: Exit): boolean {
  return exit.kind === 'code' && spec.exitcodes.includes(exit.code);
}

/** Whether a run that was RUNNING is started again: at once, without bound or delay. */
export function restartsAfter(rules: Rules, exit: Exit): boolean {
  if (rules.isShuttingDown) return false;
  switch (rules.spec.autorestart) {
    case 'always':
      return true;
    case 'unexpected':
      return !isExpected(rules.spec, exit);
    case 'never':
      return false;
    default:
      return assertNever(rules.spec.autorestart);
  }
}

/** How long to wait before the next attempt, after this many failed ones: a second more each time, without bound. */
export function backoffMs(attempts: number): number {
  return attempts * 1000;
}

/** `startretries` more attempts follow the first failed one. */
export function hasRetriesLeft(spec: ProcessSpec, attempts: number): boolean {
  return attempts <= spec.startretries;
}

/** SIGKILL is repeated every stopwaitsecs, and with a stopwaitsecs of 0 as often as Supervisor's loop would: each second. */
export function killAgainMs(spec: ProcessSpec): number {
  return Math.max(spec.stopwaitsecs, 1) * 1000;
}

/** Supervisor's spawnerr of an unexpected exit: -1 stands for a signal. */
export function badExit(exit: Exit): string {
  return `Bad exit code ${exit.kind === 'code' ? exit.code : -1}`;
}

/** Dying of a signal that a person had us send is unexpected to Supervisor, yet nobody's crash. */
export function isDeathAsked(child: Child, exit: Exit): boolean {
  return exit.kind === 'signal' && child.signalled.includes(exit.signal.replace(/^SIG/, ''));
}
