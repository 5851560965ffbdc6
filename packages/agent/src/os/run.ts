/**
 * One run of a program, from its pid to the end of its pipes: collects what it writes, and tells of its exit once all
 * of that is in the logs. Knows neither why it runs nor what follows.
 */
import type { ChildProcess } from 'node:child_process';
import { after, type Clock, type Timer } from '@fleetvisor/primitives';
import { Capture } from '../logs/capture.ts';
import type { LastBytes } from '../logs/last-bytes.ts';
import type { ReadPacer } from '../logs/read-pacer.ts';
import type { StreamSink } from '../logs/stream-sink.ts';
import type { SignalOutcome, StdinOutcome } from '../supervision/ports.ts';
import type { Exit } from '../supervision/process/exit.ts';
import type { ChildPipes, OwnEnd } from './child-pipes.ts';
import type { SocketShare } from './fcgi-sockets.ts';
import type { FifoPool } from './fifo-pool.ts';
import { readProcStat } from './proc-stat.ts';
import { numberOfSignal, sendSignal } from './signals.ts';
import { StdinWriter } from './stdin-writer.ts';

/** How long what a dead program left behind may go on writing to its log. */
const LINGER_MS = 1000;

export interface RunParts {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly pipes: ChildPipes;
  readonly stdout: StreamSink;
  /** Undefined where stderr goes the way of stdout. */
  readonly stderr: StreamSink | undefined;
  /** What the child has as fd 0 where that is no pipe. */
  readonly socket: SocketShare | undefined;
  /** Somebody answers what it writes to stdout, and it waits for that. */
  readonly isStdoutAwaited: boolean;
  /** Gets the stream that a crash record shows. */
  readonly last: LastBytes;
}

export interface RunSurroundings {
  readonly clock: Clock;
  readonly pool: FifoPool;
  readonly pacer: ReadPacer;
}

export class Run {
  readonly pid: number;
  readonly #around: RunSurroundings;
  readonly #stdinPath: string | undefined;
  readonly #stdin: StdinWriter;
  readonly #socket: SocketShare | undefined;
  #captures: readonly Capture[];
  readonly #onExit: (exit: Exit) => void;
  #last: LastBytes | undefined;
  #linger: Timer | undefined;
  #hasExited = false;
  #isLeft = false;

  /** Takes over the pipes, the sinks and the share of the socket. */
  constructor(parts: RunParts, around: RunSurroundings, onExit: (exit: Exit) => void) {
    const { child, pid, pipes } = parts;
    this.pid = pid;
    this.#around = around;
    this.#onExit = onExit;
    this.#last = parts.last;
    this.#stdinPath = pipes.stdin?.path;
    this.#stdin = new StdinWriter(pipes.stdin?.fd);
    this.#socket = parts.socket;
    this.#captures = [
      this.#capture(pipes.stdout, parts.stdout, parts.isStdoutAwaited),
      ...(pipes.stderr !== undefined && parts.stderr !== undefined
        ? [this.#capture(pipes.stderr, parts.stderr, false)]
        : []),
    ];
    // Not 'close', which waits until everybody has let go of the pipes.
    child.once('exit', (code, signal) => this.#exited(exitOf(code, signal)));
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** While we have not seen its exit the pid is its own: nobody but us can reap it. */
  signal(signal: string, toGroup: boolean): SignalOutcome {
    if (!this.#hasExited) return sendSignal(this.pid, signal, toGroup);
    // A group keeps its number as long as it has a member. If the number has a process again, there was none left.
    const mayHaveGroup = toGroup && readProcStat(this.pid) === undefined;
    return mayHaveGroup ? sendSignal(this.pid, signal, true) : { kind: 'gone' };
  }

  writeStdin(chunk: Uint8Array): StdinOutcome {
    return this.#stdin.write(chunk);
  }

  /** What it has written is in the logs when this returns. */
  collectOutput(): void {
    for (const capture of this.#captures) capture.collect();
  }

  lastOutput(): Uint8Array {
    return this.#last?.bytes() ?? new Uint8Array();
  }

  /** The process runs again: nobody will ask for this run's last output any more. */
  forgetOutput(): void {
    this.#last = undefined;
  }

  /** Lets go of the run: a child that lives keeps its pipes, for the agent that comes after us. */
  leave(): void {
    this.#isLeft = !this.#hasExited;
    this.#endCaptures();
    this.#stdin.close();
    this.#socket?.[Symbol.dispose]();
  }

  #capture(pipe: OwnEnd, sink: StreamSink, isAwaited: boolean): Capture {
    const onEnd = () => {
      if (!this.#isLeft) this.#around.pool.discard(pipe.path);
    };
    return new Capture(pipe.fd, sink, { pacer: this.#around.pacer, isAwaited, onEnd });
  }

  #exited(exit: Exit): void {
    this.#hasExited = true;
    this.#stdin.close();
    if (this.#stdinPath !== undefined) this.#around.pool.discard(this.#stdinPath);
    this.#captures = this.#captures.filter((capture) => !capture.drain());
    if (this.#captures.length > 0 && !this.#isLeft) this.#lingerOn();
    this.#onExit(exit);
    // Only now: a run that follows at once takes the socket over, and nobody who connects is refused in between.
    this.#socket?.[Symbol.dispose]();
  }

  #lingerOn(): void {
    const { clock } = this.#around;
    this.#linger = clock.schedule(after(clock.now(), LINGER_MS), () => this.#endCaptures());
  }

  #endCaptures(): void {
    this.#linger?.cancel();
    for (const capture of this.#captures) capture.close();
    this.#captures = [];
  }
}

/** Node does not say whether a core was dumped. */
function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  if (signal !== null) return { kind: 'signal', signal, number: numberOfSignal(signal), coreDumped: false };
  return code === null ? { kind: 'unknown' } : { kind: 'code', code };
}
