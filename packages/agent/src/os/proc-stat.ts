/** Reads /proc/PID/stat: what tells one process from another that later gets the same number. */
import { readFileSync } from 'node:fs';

export interface ProcStat {
  readonly pid: number;
  /** The program's name as the kernel keeps it: at most 15 bytes, with any characters at all. */
  readonly comm: string;
  /** One letter: R, S, D, T, Z and others (proc(5)). */
  readonly state: string;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  /** Field 22: clock ticks since boot. */
  readonly startTicks: bigint;
}

/** Reads the line of a live process or zombie; undefined when there is none. */
export function readProcStat(pid: number): ProcStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined; // ENOENT, or ESRCH when it ended between open and read
  }
  return parseProcStat(text);
}

/** @returns undefined for a line that is cut short. */
export function parseProcStat(line: string): ProcStat | undefined {
  // The name may hold spaces and parentheses: it ends at the last one of the line.
  const open = line.indexOf('(');
  const close = line.lastIndexOf(')');
  if (open === -1 || close < open) return undefined;
  const fields = line.slice(close + 2).split(' ');
  const [state, ppid, pgrp, session] = fields;
  // Field 22 of the line; the first after the name is number 3.
  const startTicks = fields[22 - 3];
  if (state === undefined || startTicks === undefined || !/^\d+$/.test(startTicks)) return undefined;
  return {
    pid: Number.parseInt(line, 10),
    comm: line.slice(open + 1, close),
    state,
    ppid: Number(ppid),
    pgrp: Number(pgrp),
    session: Number(session),
    startTicks: BigInt(startTicks),
  };
}
