/**
 * The three pipes of one run: which ends the child gets, which are ours, and what is removed when. Its stdin ends when
 * the agent does and not before, as under Supervisor: a program may live by that. Its outputs are open for reading and
 * writing, so that a write while no agent lives waits instead of killing it. Ours end when the last writer is gone.
 */
import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import type { FifoOwner, FifoPool } from './fifo-pool.ts';
import type { HandedRun } from './handed-run.ts';

/** Our end of one stream. */
export interface OwnEnd {
  /** Non-blocking; open for reading an output, for writing stdin. Whoever is given the pipe closes it. */
  readonly fd: number;
  /** Undefined when somebody has removed the file. */
  readonly path: string | undefined;
}

/** Our ends of the pipes of a run. */
export interface OwnEnds {
  /** Undefined where the child's fd 0 is no pipe but a socket. */
  readonly stdin: OwnEnd | undefined;
  /** Undefined only of a child that an earlier agent has left without one. */
  readonly stdout: OwnEnd | undefined;
  /** Undefined where the child's stderr is its stdout. */
  readonly stderr: OwnEnd | undefined;
}

export interface ChildPipes extends OwnEnds {
  /** For fd 0, 1 and 2 of the child: close what was opened for them with `closeChildEnds` once it has them. */
  readonly childEnds: readonly [number, number, number];
}

export interface PipeWishes {
  readonly redirectStderr: boolean;
  /** Whose the FIFOs are; undefined: ours. */
  readonly owner: FifoOwner | undefined;
  /** What the child gets as fd 0 instead of a pipe; it stays ours. */
  readonly socket: number | undefined;
}

/**
 * @param label begins the FIFOs' file names
 * @throws the system's error (EMFILE, ...); then nothing is left open
 */
export function openChildPipes(
  pool: FifoPool,
  label: string,
  { redirectStderr, owner, socket }: PipeWishes,
): ChildPipes {
  const undo: (() => void)[] = [];
  const take = (stream: string): string => {
    const path = pool.take(`${label}.${stream}`, owner);
    undo.push(() => pool.discard(path));
    return path;
  };
  const open = (path: string, flags: number): number => {
    const fd = openSync(path, flags);
    undo.push(() => closeSync(fd));
    return fd;
  };
  const input = () => {
    const path = take('stdin');
    // Non-blocking, or it would wait for a writer. Node makes the child's own blocking again.
    const childEnd = open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { childEnd, end: { path, fd: open(path, constants.O_WRONLY | constants.O_NONBLOCK) } };
  };
  const output = (stream: string) => {
    const path = take(stream);
    const end: OwnEnd = { path, fd: open(path, constants.O_RDONLY | constants.O_NONBLOCK) };
    return { childEnd: open(path, constants.O_RDWR), end };
  };
  try {
    const stdin = socket === undefined ? input() : { childEnd: socket, end: undefined };
    const stdout = output('stdout');
    const stderr = redirectStderr ? { childEnd: stdout.childEnd, end: undefined } : output('stderr');
    const childEnds = [stdin.childEnd, stdout.childEnd, stderr.childEnd] as const;
    return { childEnds, stdin: stdin.end, stdout: stdout.end, stderr: stderr.end };
  } catch (thrown) {
    for (const step of undo.reverse()) step();
    throw thrown;
  }
}

export interface AdoptedPipes {
  readonly label: string;
  /** Whose pipes they are. */
  readonly pid: number;
  readonly redirectStderr: boolean;
  /** Its fd 0 is no pipe of ours. */
  readonly hasSocket: boolean;
  /** The ends that are open already. */
  readonly handed?: HandedRun | undefined;
}

/**
 * Opens our ends of the pipes of a child that an earlier agent has started. One that is not to be had is undefined: the
 * child has closed it, or is gone.
 */
export function adoptChildPipes(
  pool: FifoPool,
  { label, pid, redirectStderr, hasSocket, handed }: AdoptedPipes,
): OwnEnds {
  const open = (stream: 'stdin' | 'stdout' | 'stderr', fd: number): OwnEnd | undefined => {
    const path = pool.takeOver(`${label}.${stream}`);
    const inHand = handed?.[stream];
    if (inHand !== undefined) return { fd: inHand.fd, path };
    const flags = (stream === 'stdin' ? constants.O_WRONLY : constants.O_RDONLY) | constants.O_NONBLOCK;
    if (path !== undefined) {
      const end = openFifo(path, path, flags);
      if (end === undefined) pool.discard(path);
      return end;
    }
    // Somebody may have tidied the folder away: what the child has open can still be opened through it.
    const through = `/proc/${pid}/fd/${fd}`;
    return pool.owns(linkAt(through)) ? openFifo(through, undefined, flags) : undefined;
  };
  return {
    stdin: hasSocket ? undefined : open('stdin', 0),
    stdout: open('stdout', 1),
    stderr: redirectStderr ? undefined : open('stderr', 2),
  };
}

/** @param path by which it is removed in the end */
function openFifo(from: string, path: string | undefined, flags: number): OwnEnd | undefined {
  try {
    return { fd: openSync(from, flags), path };
  } catch {
    return undefined; // ENOENT: it is gone; ENXIO: the child has closed its stdin
  }
}

/** Of /proc: `(deleted)` stands behind the path of a file that has been removed. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** A socket in the place of stdin is left open: others have it too. */
export function closeChildEnds({ childEnds: [stdinEnd, ...outputEnds], stdin }: ChildPipes): void {
  if (stdin !== undefined) closeSync(stdinEnd);
  for (const fd of new Set(outputEnds)) closeSync(fd);
}

/** Closes and removes all, for a start that came to nothing after the pipes were made. */
export function discardChildPipes(pool: FifoPool, pipes: ChildPipes): void {
  for (const pipe of [pipes.stdin, pipes.stdout, pipes.stderr]) {
    if (pipe === undefined) continue;
    closeSync(pipe.fd);
    if (pipe.path !== undefined) pool.discard(pipe.path);
  }
}
