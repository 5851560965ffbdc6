/** What `pgrep` and monitors know this process by. Node calls every process of its own MainThread. */
import { writeFileSync } from 'node:fs';

/** @param name the kernel keeps 15 bytes of it */
export function nameProcess(name: string): void {
  try {
    writeFileSync('/proc/self/comm', name);
  } catch {
    // A /proc that cannot be written: then the old name stays.
  }
}
