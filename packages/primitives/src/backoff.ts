/** How long to wait before the next try: exponential with full jitter, so that many never return in step. */

export interface BackoffPolicy {
  /** The bound of the first wait, ms. */
  readonly baseMs: number;
  /** The bound that doubling never exceeds, ms. */
  readonly capMs: number;
}

/**
 * @param attempt how many tries have failed, from 1
 * @param chance a number in [0, 1)
 * @returns milliseconds to wait, anywhere in [0, bound)
 */
export function backoffMs(policy: BackoffPolicy, attempt: number, chance: number): number {
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.floor(bound * chance);
}
