/** Lengths of time in words. */

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** As Supervisor says it: `0:01:02`, `1 day, 3:04:05`. */
export function clockDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / secondMs));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  const time = `${hours}:${twoDigits(minutes)}:${twoDigits(seconds % 60)}`;
  if (days === 0) return time;
  return `${days} day${days === 1 ? '' : 's'}, ${time}`;
}

/** In one unit, for ages: `5s`, `2m`, `3h`, `4d`. */
export function roughDuration(ms: number): string {
  if (ms < minuteMs) return `${Math.max(0, Math.floor(ms / secondMs))}s`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)}m`;
  if (ms < dayMs) return `${Math.floor(ms / hourMs)}h`;
  return `${Math.floor(ms / dayMs)}d`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
