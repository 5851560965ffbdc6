/** When to dial again: pure. The first wait is spread as the controller asked, later ones grow with full jitter. */
import { backoffMs } from '@fleetvisor/primitives';
import type { SessionEnd } from './session-end.ts';

export interface DialHistory {
  /** Attempts in a row that came to nothing. */
  readonly failures: number;
  /** From the last Welcome: how far the hosts' first waits are spread. */
  readonly spreadMs: number;
}

export interface Redial {
  readonly failures: number;
  readonly waitMs: number;
}

const policy = { baseMs: 1000, capMs: 60_000 };
/** Where the controller said when to come back, it is overloaded: the waits may grow further. */
const overloadedPolicy = { baseMs: 1000, capMs: 300_000 };
/** Until a person has changed something there is no use in trying, but nobody should have to restart the agent after. */
const permanentMs = 60_000;
/** A session that ended sooner counts as a failure: else two sides that disagree would dial without a pause. */
const stoodWellMs = 10_000;

/**
 * @param stoodMs how long the session stood; 0 when there was none
 * @param chance a number in [0, 1)
 */
export function redial(end: SessionEnd, stoodMs: number, history: DialHistory, chance: number): Redial {
  const failures = stoodMs >= stoodWellMs ? 0 : history.failures + 1;
  if (end.kind === 'reintroduced' && history.failures === 0) return { failures, waitMs: 0 };
  if (end.kind === 'refused' && end.isPermanent) return { failures, waitMs: permanentMs * (1 + chance) };
  if (end.kind === 'refused' && end.retryAfterMs > 0) {
    return { failures, waitMs: end.retryAfterMs + backoffMs(overloadedPolicy, failures, chance) };
  }
  const leastMs = end.kind === 'redirected' ? end.afterMs : 0;
  if (failures === 0) return { failures, waitMs: leastMs + Math.floor(history.spreadMs * chance) };
  return { failures, waitMs: leastMs + backoffMs(policy, failures, chance) };
}
