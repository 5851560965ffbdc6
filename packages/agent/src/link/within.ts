/** Waiting with a bound. */
import { abortable, type Clock, FleetError, sleep } from '@fleetvisor/primitives';

/**
 * What `promise` comes to within `ms`; the promise itself goes on.
 * @param late what is said when it does not: the message of a FleetError `unavailable`.
 * @throws the signal's reason when aborted.
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  promise: Promise<T>,
  late: string,
  signal: AbortSignal,
): Promise<T> {
  const settled = new AbortController();
  const timer = sleep(clock, ms, settled.signal).then((): never => {
    throw new FleetError('unavailable', late);
  });
  try {
    return await Promise.race([abortable(promise, signal), timer]);
  } finally {
    settled.abort();
  }
}
