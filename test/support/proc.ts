/** What the kernel says of processes: tests believe /proc, not answers. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ProcStat {
  readonly pid: number;
  readonly state: string;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  /** Clock ticks since boot. */
  readonly startTicks: number;
}

/** Undefined when there is no such process. */
export function procStat(pid: number): ProcStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const number = (index: number) => Number(fields[index] ?? 0);
    return {
      pid,
      state: fields[0] ?? '',
      ppid: number(1),
      pgrp: number(2),
      session: number(3),
      startTicks: number(19),
    };
  } catch {
    return undefined; // it has ended
  }
}

/** Whether it runs: a zombie does not. */
export function isAlive(pid: number): boolean {
  const stat = procStat(pid);
  return stat !== undefined && stat.state !== 'Z';
}

/** The words it was started with. */
export function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return []; // it has ended
  }
}

export function environmentOf(pid: number): Readonly<Record<string, string>> {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

/** Living processes that carry a variable with this value in their environment, as far as we may see; in order of pid. */
export function processesWith(variable: string, value: string): readonly number[] {
  const entry = Buffer.from(`${variable}=${value}\0`);
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isAlive(pid) && holdsEntry(pid, entry))
    .sort((a, b) => a - b);
}

function holdsEntry(pid: number, entry: Buffer): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(entry);
  } catch {
    return false; // it has ended, or is not ours
  }
}

/** A line of /proc/PID/status, such as Umask. */
export function statusLine(pid: number, name: string): string {
  return new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
}

/** What its open descriptors stand for, by number. */
export function openFiles(pid: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(`/proc/${pid}/fd`).flatMap((number) => {
      try {
        return [[number, readlinkSync(`/proc/${pid}/fd/${number}`)]];
      } catch {
        return []; // closed meanwhile
      }
    }),
  );
}

/** Its descriptors above 2 that a child of it would get, too. */
export function inheritable(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/fdinfo`)
    .map(Number)
    .filter((fd) => fd > 2)
    .filter((fd) => {
      try {
        const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1];
        return (Number.parseInt(flags ?? '', 8) & 0o2000000) === 0;
      } catch {
        return false; // closed meanwhile
      }
    });
}

export function workingDirectory(pid: number): string {
  return readlinkSync(`/proc/${pid}/cwd`);
}

/** Children that are alive, in order of pid. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((candidate) => candidate > 0 && procStat(candidate)?.ppid === pid && isAlive(candidate))
    .sort((a, b) => a - b);
}

/** Children that have ended and that it has not asked after. */
export function zombiesOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((candidate) => candidate > 0)
    .filter((candidate) => {
      const stat = procStat(candidate);
      return stat?.ppid === pid && stat.state === 'Z';
    });
}

/** Proportional set size in bytes: shared memory counted by share. */
export function pssBytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024;
}

/** Private memory that is no file's: what a fork copies. */
export function anonymousBytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Anonymous:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024;
}

/** CPU that the living threads of a process have used, from the scheduler's own count in nanoseconds. */
export function cpuSeconds(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e9)
      .reduce((sum, seconds) => sum + seconds, 0);
  } catch {
    return 0; // it has ended
  }
}

export function rssBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** How often it went to sleep of its own accord: its wakeups. */
export function voluntarySwitches(pid: number): number {
  return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}
