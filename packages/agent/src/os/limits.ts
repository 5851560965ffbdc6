/**
 * The engine's own resource limits, which its children inherit. Node raises the soft limit of open files to the hard
 * one before any JavaScript runs, so that children would get limits that Supervisor's never had: the launcher notes
 * the old value in the environment, and this puts it back, raised to minfds.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { FleetError } from '@fleetvisor/primitives';
import { toolsEnvironment } from './tools-path.ts';

/** Infinity stands for unlimited. */
export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

export interface Limits {
  readonly openFiles: Limit;
  readonly processes: Limit;
}

export interface LimitWishes {
  readonly minfds: number;
  readonly minprocs: number;
  /** The soft limit of open files before Node, as the launcher noted it (`ulimit -Sn`); undefined: not known, left as it is. */
  readonly openFilesBeforeNode: string | undefined;
}

/**
 * Sets the limits of this process, once, at start.
 * @returns what was done, in Supervisor's words, for the main log.
 * @throws FleetError `invalid` where the hard limit does not allow it (a mistake in the config, as for Supervisor), `unavailable` where prlimit is missing and needed.
 */
export function applyLimits(wishes: LimitWishes): readonly string[] {
  const now = readLimits();
  const before = parseLimitWord(wishes.openFilesBeforeNode) ?? now.openFiles.soft;
  const openFiles = planLimit({ ...now.openFiles, soft: before }, wishes.minfds);
  const processes = planLimit(now.processes, wishes.minprocs);
  if (!isSame(openFiles, now.openFiles)) {
    setLimit('nofile', openFiles, () =>
      limitRefused('minfds', 'file descriptors', wishes.minfds, now.openFiles.hard, 'LimitNOFILE='),
    );
  }
  if (!isSame(processes, now.processes)) {
    setLimit('nproc', processes, () =>
      limitRefused('minprocs', 'available processes', wishes.minprocs, now.processes.hard, 'LimitNPROC='),
    );
  }
  return [
    ...(openFiles.soft > before ? [`Increased RLIMIT_NOFILE limit to ${openFiles.soft}`] : []),
    ...(processes.soft > now.processes.soft ? [`Increased RLIMIT_NPROC limit to ${processes.soft}`] : []),
  ];
}

/** Supervisor's rule: a lower soft limit becomes exactly the minimum, and the hard one follows; a higher one stays. */
export function planLimit(present: Limit, minimum: number): Limit {
  if (present.soft >= minimum) return present;
  return { soft: minimum, hard: Math.max(present.hard, minimum) };
}

/** @throws the file system's error where /proc is not mounted. */
export function readLimits(): Limits {
  return parseLimits(readFileSync('/proc/self/limits', 'utf8'));
}

/** Of the table in /proc/PID/limits. */
export function parseLimits(text: string): Limits {
  return { openFiles: limitOf(text, 'Max open files'), processes: limitOf(text, 'Max processes') };
}

function limitOf(text: string, name: string): Limit {
  const match = new RegExp(`^${name} +(\\S+) +(\\S+)`, 'm').exec(text);
  return { soft: parseLimitWord(match?.[1]) ?? Infinity, hard: parseLimitWord(match?.[2]) ?? Infinity };
}

function parseLimitWord(word: string | undefined): number | undefined {
  if (word === 'unlimited') return Infinity;
  return word !== undefined && /^\d+$/.test(word) ? Number(word) : undefined;
}

function isSame(a: Limit, b: Limit): boolean {
  return a.soft === b.soft && a.hard === b.hard;
}

/** prlimit(1): Node has no setrlimit. */
function setLimit(name: 'nofile' | 'nproc', limit: Limit, refused: () => string): void {
  const setting = `${limitWord(limit.soft)}:${limitWord(limit.hard)}`;
  const done = spawnSync('prlimit', ['--pid', String(process.pid), `--${name}=${setting}`], {
    env: toolsEnvironment(),
    encoding: 'utf8',
  });
  if (done.error !== undefined) {
    const message =
      `cannot set the ${name} limit to ${setting}: prlimit cannot be run (${done.error.message}); ` +
      'install util-linux, which has it';
    throw new FleetError('unavailable', message, { limit: name, setting }, { cause: done.error });
  }
  if (done.status !== 0)
    throw new FleetError('invalid', refused(), { limit: name, setting, prlimit: done.stderr.trim() });
}

function limitWord(limit: number): string {
  return limit === Infinity ? 'unlimited' : String(limit);
}

/** Begins as Supervisor's does, then the way out. @param directive what sets the limit in a systemd unit */
function limitRefused(option: string, what: string, minimum: number, hard: number, directive: string): string {
  return (
    `The minimum number of ${what} required is ${minimum} (${option} in [supervisord]), but the hard limit of this ` +
    `process is ${limitWord(hard)}, and it may not raise it. Lower ${option}, or start the agent with a higher limit ` +
    `(${directive} of the unit under systemd)`
  );
}
