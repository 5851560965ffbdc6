/** Closes what whoever started the agent left open, so that no program inherits it: Supervisor's children close 3..minfds. */
import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { isKeptOverExec, setCloseOnExec } from './close-on-exec.ts';

/** O_CLOEXEC as /proc/PID/fdinfo shows it, in octal. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Closes every descriptor above 2 that a child would inherit, but for those that are ours to go on with, which no child gets
 * either from then on. Node marks its own close-on-exec; of those it was started
 * with it marks the first few alone (libuv stops at the first gap after 16). Call it once, before anything is opened.
 * @returns the descriptors that were closed
 */
export function closeInheritedDescriptors(ours: readonly number[] = []): readonly number[] {
  for (const fd of ours) setCloseOnExec(fd);
  // With many of them the C library is quicker than /proc, and has been loaded for them.
  const inherited = inheritableDescriptors(ours.length > 0 ? isKept : isInheritable);
  for (const fd of inherited) closeSync(fd);
  return inherited;
}

/** Which descriptors above 2 a child of this process would get. */
export function inheritableDescriptors(ofOne: (fd: number) => boolean = isInheritable): readonly number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > 2 && ofOne(fd));
}

function isKept(fd: number): boolean {
  try {
    return isKeptOverExec(fd);
  } catch {
    return false; // the one that was open to list the folder
  }
}

function isInheritable(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false; // the one that was open to list the folder
  }
}
