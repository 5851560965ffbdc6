/** The message that a stream has to begin with: who says nothing is not waited for. */
import { after, type Clock, FleetError } from '@fleetvisor/primitives';

/** How long an agent may take to say its first word. */
const firstWithinMs = 10_000;

/**
 * @param what the message is, for people: `Hello`
 * @throws FleetError `unavailable` when none comes in time or the peer hangs up; the reason of `stop` when aborted;
 * what reading throws
 */
export async function firstMessage<T>(
  incoming: AsyncIterator<T>,
  what: string,
  clock: Clock,
  stop: AbortSignal,
): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const late = new FleetError('unavailable', `no ${what} came within ${firstWithinMs / 1000} s`);
  const timer = clock.schedule(after(clock.now(), firstWithinMs), () => reject(late));
  const onStop = () => reject(stop.reason);
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  try {
    const first = await Promise.race([incoming.next(), over]);
    if (first.done) throw new FleetError('unavailable', `the agent hung up before it said ${what}`);
    return first.value;
  } finally {
    timer.cancel();
    stop.removeEventListener('abort', onStop);
  }
}
