/** Does again what the store could not do, until it can: a full disk is freed by a person, in minutes or hours. */
import { backoffMs, type Clock, type Random, sleep } from '@fleetvisor/primitives';

export interface Retry {
  readonly clock: Clock;
  readonly random: Random;
  /** Gives up when aborted. */
  readonly signal: AbortSignal;
  /** Told of each failure, of which another try follows. */
  onFailure(error: unknown): void;
}

const policy = { baseMs: 1_000, capMs: 30_000 };

/** @throws the signal's reason when aborted before it was done. */
export async function untilDone({ clock, random, signal, onFailure }: Retry, act: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      signal.throwIfAborted();
      onFailure(error);
    }
    await sleep(clock, backoffMs(policy, attempt, random.next()), signal);
  }
}
