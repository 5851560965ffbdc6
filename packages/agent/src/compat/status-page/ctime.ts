/** The time as C's ctime writes it, which the page's messages have: `Sat Nov 21 00:08:25 2026`, local and in English. */
import type { Clock } from '@fleetvisor/primitives';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function formatCtime(clock: Clock): string {
  const time = new Date(Number(clock.wallTimeUs() / 1000n));
  const date = `${days[time.getDay()]} ${months[time.getMonth()]} ${String(time.getDate()).padStart(2)}`;
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return `${date} ${parts.map((part) => String(part).padStart(2, '0')).join(':')} ${time.getFullYear()}`;
}
