/** Time as a parameter. Nobody else in the project reads a clock or arms a timer. */

declare const instantBrand: unique symbol;

/**
 * A point on the monotonic clock, in microseconds. Only differences mean anything; it is worth nothing on another
 * machine or after a reboot, so it never goes to disk or over the wire.
 */
export type Instant = number & { readonly [instantBrand]: true };

/** Makes an Instant of a number of microseconds; for adapters and tests. */
export function instant(microseconds: number): Instant {
  return microseconds as Instant; // the brand exists in types alone
}

/** The instant `ms` milliseconds after `from`. */
export function after(from: Instant, ms: number): Instant {
  return instant(from + Math.round(ms * 1000));
}

/** Milliseconds from `earlier` to `later`; negative when the order is the other way round. */
export function msBetween(earlier: Instant, later: Instant): number {
  return (later - earlier) / 1000;
}

/** Something that can be called off. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** The monotonic clock: for deadlines, backoff and liveness. */
  now(): Instant;
  /** The wall clock in Unix microseconds: for people and records, never compared to decide anything. */
  wallTimeUs(): bigint;
  /** Calls `run` once, at `at` or as soon after it as the process gets to it. */
  schedule(at: Instant, run: () => void): Timer;
}

/**
 * Resolves `ms` milliseconds from now.
 * @throws the signal's reason as soon as `signal` is aborted.
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.schedule(after(clock.now(), ms), () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
