/** The real clock: CLOCK_MONOTONIC through `process.hrtime`, the one source that goes on across an execve. */
import { type Clock, type Instant, instant, type Timer } from './clock.ts';

/** setTimeout fires at once for delays beyond 2^31-1 ms; longer waits are made of several. */
const timeoutMsMax = 2 ** 31 - 1;

class SystemTimer implements Timer {
  #handle: NodeJS.Timeout | undefined;
  readonly #at: Instant;
  readonly #run: () => void;

  constructor(at: Instant, run: () => void) {
    this.#at = at;
    this.#run = run;
    this.#arm();
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }

  #arm(): void {
    const waitMs = Math.max(0, Math.ceil((this.#at - systemClock.now()) / 1000));
    if (waitMs > timeoutMsMax) this.#handle = setTimeout(() => this.#arm(), timeoutMsMax);
    else this.#handle = setTimeout(this.#run, waitMs);
  }
}

export const systemClock: Clock = {
  now: () => instant(Number(process.hrtime.bigint() / 1000n)),
  wallTimeUs: () => BigInt(Date.now()) * 1000n,
  schedule: (at, run) => new SystemTimer(at, run),
};
