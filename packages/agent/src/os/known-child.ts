/** Whether a child that is known by its number and its beginning is still to be heard of, and whether it is ours to wait for. */
import type { KnownChild } from '../supervision/ports.ts';
import { type ProcStat, readProcStat } from './proc-stat.ts';

/** It lives, or has ended and waits for us to ask how. */
export function isThere(child: KnownChild): boolean {
  const stat = statOf(child);
  return stat !== undefined && (isOurs(stat) || (stat.state !== 'Z' && stat.state !== 'X'));
}

/** The system tells us alone how it ends: an earlier program in this very process has made it (execve(2) keeps the pid). */
export function isOurChild(child: KnownChild): boolean {
  const stat = statOf(child);
  return stat !== undefined && isOurs(stat);
}

function isOurs({ ppid }: ProcStat): boolean {
  return ppid === process.pid;
}

function statOf({ pid, startTicks }: KnownChild): ProcStat | undefined {
  const stat = readProcStat(pid);
  return stat?.startTicks === startTicks ? stat : undefined;
}
