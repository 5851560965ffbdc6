/** Drops events that are older than people want to keep, once a day and at the start. */
import { type Clock, sleep } from '@fleetvisor/primitives';
import type { FleetLog } from './fleet/fleet-log.ts';
import type { EventStore } from './store/events.ts';

const dayMs = 24 * 3600 * 1000;

export interface RetentionParts {
  readonly events: EventStore;
  readonly clock: Clock;
  readonly log: FleetLog;
  readonly retainDays: number;
}

/** Disposing waits for a drop that is under way. */
export function startRetention(parts: RetentionParts): AsyncDisposable {
  const stopping = new AbortController();
  const running = keepDropping(parts, stopping.signal);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}

async function keepDropping(parts: RetentionParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await drop(parts);
    await sleep(parts.clock, dayMs, signal).catch(() => {}); // only the signal ends it early
  }
}

/** A failure costs nothing but disk: it is told, and tried again the next day. */
async function drop({ events, clock, log, retainDays }: RetentionParts): Promise<void> {
  const before = clock.wallTimeUs() - BigInt(retainDays * dayMs) * 1000n;
  try {
    const days = await events.dropDaysBefore(before);
    if (days > 0) log.info({ days, retainDays }, 'dropped days of events that were older than is kept');
  } catch (err) {
    log.error({ err, retainDays }, 'cannot drop old events; trying again in a day');
  }
}
