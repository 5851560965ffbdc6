/** Does again what the store could not do, until it can: a full disk is freed by a person, in minutes or hours. */
import { type BackoffPolicy, backoffMs, type Clock, type Random, sleep } from '@fleetvisor/primitives';

export interface Retry {
  readonly clock: Clock;
  readonly random: Random;
  /** Gives up when aborted, but tries once. */
  readonly signal: AbortSignal;
  /** How long the waits become; half a minute by default. */
  readonly policy?: BackoffPolicy;
  /** Told of each failure, of which another try follows; throws what no other try can mend. */
  onFailure(error: unknown): void;
}

const defaultPolicy = { baseMs: 1_000, capMs: 30_000 };

/** @throws what the last try threw, or the signal's reason, when aborted before it was done. */
export async function untilDone<T>(retry: Retry, act: () => Promise<T>): Promise<T> {
  const { clock, random, signal, policy = defaultPolicy, onFailure } = retry;
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted) throw error;
      onFailure(error);
    }
    await sleep(clock, backoffMs(policy, attempt, random.next()), signal);
  }
}
