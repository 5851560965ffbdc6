/**
 * One child, however it came to us: what a run needs of it besides its pipes. A child of our own is Node's; one that an
 * earlier life of the agent made is waited for in other ways, which stand in files of their own.
 */
import type { ChildProcess } from 'node:child_process';
import type { KnownChild } from '../supervision/ports.ts';
import type { Exit } from '../supervision/process/exit.ts';
import { readProcStat } from './proc-stat.ts';
import { numberOfSignal } from './signals.ts';

export interface ChildHandle {
  readonly pid: number;
  /** Calls `told` once, later, when the child has ended; to be asked once. */
  onExit(told: (exit: Exit) => void): void;
  /** Whether the pid is still its own. Asked only before its exit has been told. */
  isThere(): boolean;
  /** Undefined when it cannot be told any more. */
  identify(): KnownChild | undefined;
  /** One of its pipes has no writer any more: a good moment to look. */
  mayHaveEnded(): void;
  /** Nobody wants to hear of its exit any more. */
  leave(): void;
}

/** A child that Node has made, and reaps. Its pid is its own until Node has told of its exit: nobody else can reap it. */
export function ownChild(child: ChildProcess, pid: number): ChildHandle {
  let known: KnownChild | undefined;
  return {
    pid,
    // Not 'close', which waits until everybody has let go of the pipes.
    onExit: (told) => void child.once('exit', (code, signal) => told(exitOf(code, signal))),
    isThere: () => true,
    identify: () => (known ??= identify(pid)),
    mayHaveEnded: () => {},
    leave: () => {},
  };
}

function identify(pid: number): KnownChild | undefined {
  const stat = readProcStat(pid);
  return stat && { pid, startTicks: stat.startTicks };
}

/** Node does not say whether a core was dumped. */
function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  if (signal !== null) return { kind: 'signal', signal, number: numberOfSignal(signal), coreDumped: false };
  return code === null ? { kind: 'unknown' } : { kind: 'code', code };
}
