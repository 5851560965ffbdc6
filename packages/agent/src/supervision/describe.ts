/** The text that status shows behind a state: Supervisor's description, word for word. Pure. */
import { assertNever } from '@fleetvisor/primitives';
import type { StateName } from './status.ts';

export interface DescribedProcess {
  readonly name: string;
  readonly state: StateName;
  readonly pid: number;
  /** Microseconds by the monotonic clock. */
  readonly uptimeUs: number;
  readonly spawnError: string;
  readonly wasAttempted: boolean;
  /** Unix microseconds; 0n when no run has ended, which shows as the epoch. */
  readonly stoppedAtUs: bigint;
}

export function describe(process: DescribedProcess): string {
  switch (process.state) {
    case 'RUNNING':
      return `pid ${process.pid}, uptime ${formatUptime(process.uptimeUs)}`;
    case 'FATAL':
    case 'BACKOFF':
      return process.spawnError === '' ? `unknown error (try "tail ${process.name}")` : process.spawnError;
    case 'STOPPED':
    case 'EXITED':
      return process.wasAttempted ? formatLocalTime(process.stoppedAtUs) : 'Not started';
    case 'STARTING':
    case 'STOPPING':
    case 'UNKNOWN':
      return '';
    default:
      return assertNever(process.state);
  }
}

/** As Python prints a timedelta of whole seconds: `0:00:05`, `1 day, 3:04:05`, `2 days, 0:00:05`. */
export function formatUptime(uptimeUs: number): string {
  const seconds = Math.max(0, Math.floor(uptimeUs / 1_000_000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const clock = `${hours}:${twoDigits(Math.floor((seconds % 3600) / 60))}:${twoDigits(seconds % 60)}`;
  if (days === 0) return clock;
  return `${days} ${days === 1 ? 'day' : 'days'}, ${clock}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** strftime's `%b %d %I:%M %p` in the local time zone and in English. */
export function formatLocalTime(unixUs: bigint): string {
  const time = new Date(Number(unixUs / 1000n));
  const hour = time.getHours() % 12 === 0 ? 12 : time.getHours() % 12;
  const half = time.getHours() < 12 ? 'AM' : 'PM';
  const day = `${months[time.getMonth()]} ${twoDigits(time.getDate())}`;
  return `${day} ${twoDigits(hour)}:${twoDigits(time.getMinutes())} ${half}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
