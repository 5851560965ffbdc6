/** Which boot of the machine this is. A monotonic time or a start tick means something within one boot alone. */
import { readFileSync } from 'node:fs';

/** @throws the file system's error where /proc is not mounted: nothing of the agent works there. */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
