/** A status some time after it was received: what has gone on since, and what may still be said of it. */
import type { ProcessStatus } from './process-status.ts';

/** A status with when it came, in microseconds of the controller's monotonic clock. */
export interface ReceivedStatus {
  readonly status: ProcessStatus;
  readonly receivedAtUs: number;
}

/** The status as of `atUs`, by the same clock: a child's uptime has grown, and the description with it. */
export function statusAt({ status, receivedAtUs }: ReceivedStatus, atUs: number): ProcessStatus {
  const passedUs = atUs <= receivedAtUs ? 0n : BigInt(Math.round(atUs - receivedAtUs));
  if (status.pid === 0 || passedUs === 0n) return status;
  const uptimeUs = status.uptimeUs + passedUs;
  const isUptimeShown = status.state === 'RUNNING' && status.description.startsWith('pid ');
  const description = isUptimeShown ? `pid ${status.pid}, uptime ${uptimeText(uptimeUs)}` : status.description;
  return { ...status, uptimeUs, description };
}

/** What is shown of a process once its host's lease has ended: that nothing is known of it now. */
export function unknownStatus(status: ProcessStatus): ProcessStatus {
  return { ...status, state: 'UNKNOWN', pid: 0, uptimeUs: 0n, description: '' };
}

/** As supervisord has it: `0:01:02`, `1 day, 0:00:00`, `3 days, 4:05:06`. */
function uptimeText(us: bigint): string {
  const seconds = us / 1_000_000n;
  const days = seconds / 86_400n;
  const two = (part: bigint) => part.toString().padStart(2, '0');
  const clock = `${(seconds / 3600n) % 24n}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  if (days === 0n) return clock;
  return `${days} day${days === 1n ? '' : 's'}, ${clock}`;
}
