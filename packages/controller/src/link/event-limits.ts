/** How many events the hosts may have on the way at once, told in Welcome: all of them together must fit in memory. Pure. */

export interface EventLimits {
  readonly inFlightMax: number;
  readonly bytesInFlightMax: number;
}

const mib = 2 ** 20;
const fleet = { events: 200_000, bytes: 256 * mib };
/** Below the least a host of a large fleet would wait for every acknowledgement; above the most nothing gets faster. */
const least = { events: 64, bytes: mib / 16 };
const most = { events: 2_000, bytes: 2 * mib };

export function eventLimitsFor(hostCount: number): EventLimits {
  const share = (of: 'events' | 'bytes') => {
    return Math.floor(Math.min(most[of], Math.max(least[of], fleet[of] / Math.max(1, hostCount))));
  };
  return { inFlightMax: share('events'), bytesInFlightMax: share('bytes') };
}
