/**
 * One run of a program, from its pid to the end of its pipes: collects what it writes, and tells of its exit once all
 * of that is in the logs. Knows neither why it runs nor what follows.
 */
import { after, type Clock, type Timer } from '@fleetvisor/primitives';
import { Capture } from '../logs/capture.ts';
import type { LastBytes } from '../logs/last-bytes.ts';
import type { ReadPacer } from '../logs/read-pacer.ts';
import type { StreamSink } from '../logs/stream-sink.ts';
import type { KnownChild, SignalOutcome, StdinOutcome } from '../supervision/ports.ts';
import type { Exit } from '../supervision/process/exit.ts';
import type { ChildHandle } from './child-handle.ts';
import type { OwnEnd, OwnEnds } from './child-pipes.ts';
import type { SocketShare } from './fcgi-sockets.ts';
import type { FifoPool } from './fifo-pool.ts';
import type { HandedRun } from './handed-run.ts';
import { sendSignal } from './signals.ts';
import { StdinWriter } from './stdin-writer.ts';

/** How long what a dead program left behind may go on writing to its log. */
const LINGER_MS = 1000;

export interface RunParts {
  readonly child: ChildHandle;
  readonly pipes: OwnEnds;
  /** Where its output goes; of a pipe that there is not, nothing is written to it. */
  readonly stdout: StreamSink;
  /** Undefined where stderr goes the way of stdout. */
  readonly stderr: StreamSink | undefined;
  /** What the child has as fd 0 where that is no pipe. */
  readonly socket: SocketShare | undefined;
  /** Somebody answers what it writes to stdout, and it waits for that. */
  readonly isStdoutAwaited: boolean;
  /** Gets the stream that a crash record shows. */
  readonly last: LastBytes;
  /** What an earlier life of the agent could not write to its stdin. */
  readonly stdinWaiting?: Uint8Array | undefined;
}

export interface RunSurroundings {
  readonly clock: Clock;
  readonly pool: FifoPool;
  readonly pacer: ReadPacer;
}

export class Run {
  readonly #child: ChildHandle;
  readonly #around: RunSurroundings;
  readonly #stdinPath: string | undefined;
  readonly #stdin: StdinWriter;
  readonly #socket: SocketShare | undefined;
  readonly #stdout: Capture | undefined;
  readonly #stderr: Capture | undefined;
  #captures: readonly Capture[];
  readonly #onExit: (exit: Exit) => void;
  #last: LastBytes | undefined;
  #linger: Timer | undefined;
  #hasExited = false;
  #isLeft = false;

  /** Takes over the pipes, the sinks and the share of the socket. */
  constructor(parts: RunParts, around: RunSurroundings, onExit: (exit: Exit) => void) {
    const { child, pipes } = parts;
    this.#child = child;
    this.#around = around;
    this.#onExit = onExit;
    this.#last = parts.last;
    this.#stdinPath = pipes.stdin?.path;
    this.#stdin = new StdinWriter(pipes.stdin?.fd, parts.stdinWaiting);
    this.#socket = parts.socket;
    this.#stdout = this.#capture(pipes.stdout, parts.stdout, parts.isStdoutAwaited);
    this.#stderr = this.#capture(pipes.stderr, parts.stderr, false);
    this.#captures = [this.#stdout, this.#stderr].filter((capture) => capture !== undefined);
    child.onExit((exit) => this.#exited(exit));
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  signal(signal: string, toGroup: boolean): SignalOutcome {
    const { pid } = this.#child;
    return !this.#hasExited && this.#child.isThere() ? sendSignal(pid, signal, toGroup) : { kind: 'gone' };
  }

  /** Undefined when it has ended, whether or not that has been told. */
  identify(): KnownChild | undefined {
    return this.#hasExited ? undefined : this.#child.identify();
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

  /**
   * For another life of the agent in this process, once all that has come is collected; undefined of one that has ended. The
   * descriptors stay as they are, and nothing may be done with the run after that.
   */
  handOver(): HandedRun | undefined {
    if (this.#hasExited) return undefined;
    return {
      stdin: this.#stdin.handOver(),
      stdout: this.#stdout?.handOver(),
      stderr: this.#stderr?.handOver(),
      lastOutput: this.lastOutput(),
    };
  }

  /** Lets go of the run: a child that lives keeps its pipes, for the agent that comes after us. */
  leave(): void {
    this.#isLeft = !this.#hasExited;
    this.#child.leave();
    this.#endCaptures();
    this.#stdin.close();
    this.#socket?.[Symbol.dispose]();
  }

  /** Nothing, where the pipe or the sink is missing. */
  #capture(pipe: OwnEnd | undefined, sink: StreamSink | undefined, isAwaited: boolean): Capture | undefined {
    if (pipe === undefined || sink === undefined) {
      sink?.close();
      return undefined;
    }
    const onEnd = () => {
      if (!this.#isLeft && pipe.path !== undefined) this.#around.pool.discard(pipe.path);
      this.#child.mayHaveEnded();
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
