/**
 * The three pipes of one run: which ends the child gets, which are ours, and what is removed when. Its stdin ends when
 * the agent does and not before, as under Supervisor: a program may live by that. Its outputs are open for reading and
 * writing, so that a write while no agent lives waits instead of killing it. Ours end when the last writer is gone.
 */
import { closeSync, constants, openSync } from 'node:fs';
import type { FifoOwner, FifoPool } from './fifo-pool.ts';

/** Our end of one stream. */
export interface OwnEnd {
  /** Non-blocking; open for reading an output, for writing stdin. Whoever is given the pipe closes it. */
  readonly fd: number;
  readonly path: string;
}

export interface ChildPipes {
  /** For fd 0, 1 and 2 of the child: close what was opened for them with `closeChildEnds` once it has them. */
  readonly childEnds: readonly [number, number, number];
  /** Undefined where the child's fd 0 is no pipe but a socket. */
  readonly stdin: OwnEnd | undefined;
  readonly stdout: OwnEnd;
  /** Undefined where the child's stderr is its stdout. */
  readonly stderr: OwnEnd | undefined;
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
    pool.discard(pipe.path);
  }
}
