/**
 * The three pipes of one run: which ends the child gets, which are ours, and what is removed when. Every end that the
 * child gets is open for reading and writing: so it never meets an end of file on stdin, and a write while no agent
 * lives waits instead of killing it. Ours end when the last of its writers is gone.
 */
import { closeSync, constants, openSync } from 'node:fs';
import type { FifoOwner, FifoPool } from './fifo-pool.ts';

/** Our end of an output stream. */
export interface OutputPipe {
  /** Open for reading, non-blocking. Whoever is given the pipe closes it. */
  readonly fd: number;
  readonly path: string;
}

export interface ChildPipes {
  /** For fd 0, 1 and 2 of the child: close them with `closeChildEnds` once it has them. */
  readonly childEnds: readonly [number, number, number];
  /** Where one may write to the child's stdin. */
  readonly stdinPath: string;
  readonly stdout: OutputPipe;
  /** Undefined where the child's stderr is its stdout. */
  readonly stderr: OutputPipe | undefined;
}

/**
 * @param label begins the FIFOs' file names
 * @throws the system's error (EMFILE, ...); then nothing is left open
 */
export function openChildPipes(
  pool: FifoPool,
  label: string,
  { redirectStderr, owner }: { readonly redirectStderr: boolean; readonly owner: FifoOwner | undefined },
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
  const output = (path: string): OutputPipe => ({ path, fd: open(path, constants.O_RDONLY | constants.O_NONBLOCK) });
  try {
    const stdinPath = take('stdin');
    const stdout = output(take('stdout'));
    const stderr = redirectStderr ? undefined : output(take('stderr'));
    const stdinEnd = open(stdinPath, constants.O_RDWR);
    const stdoutEnd = open(stdout.path, constants.O_RDWR);
    const stderrEnd = stderr === undefined ? stdoutEnd : open(stderr.path, constants.O_RDWR);
    return { childEnds: [stdinEnd, stdoutEnd, stderrEnd], stdinPath, stdout, stderr };
  } catch (thrown) {
    for (const step of undo.reverse()) step();
    throw thrown;
  }
}

export function closeChildEnds({ childEnds }: ChildPipes): void {
  for (const fd of new Set(childEnds)) closeSync(fd);
}

/** Closes and removes all, for a start that came to nothing after the pipes were made. */
export function discardChildPipes(pool: FifoPool, pipes: ChildPipes): void {
  pool.discard(pipes.stdinPath);
  for (const pipe of [pipes.stdout, pipes.stderr]) {
    if (pipe === undefined) continue;
    closeSync(pipe.fd);
    pool.discard(pipe.path);
  }
}
