/** Which boot of the machine this is. A monotonic time or a start tick means something within one boot alone. */
import { readFileSync } from 'node:fs';
import { readProcStat } from './proc-stat.ts';

/** @throws the file system's error where /proc is not mounted: nothing of the agent works there. */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/**
 * What all processes that can see each other have in common, and what ends with them: a boot, and in a container one life
 * of it, which the first process begins. Programs of an earlier one are gone, whatever their numbers.
 */
export function readMachineLife(): string {
  // Where others' processes are hidden (hidepid) the boot has to do.
  return `${readBootId()} ${readProcStat(1)?.startTicks ?? ''}`;
}
