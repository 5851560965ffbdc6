/**
 * Reads one output pipe of a run into a sink, unchanged and without decoding. Adaptive: a quiet or slow pipe costs one
 * wakeup per tick at most, a busy one is read as fast as it fills. Knows neither processes nor files.
 */
import { readSync } from 'node:fs';
import { Socket } from 'node:net';
import { errnoOf } from '../os/errno.ts';
import { HALF_PIPE_BYTES, PIPE_BYTES, paceFor, type ReadPace, TICK_MS } from './read-pace.ts';
import type { ReadPacer } from './read-pacer.ts';
import type { SavedSteps, StreamSink } from './stream-sink.ts';

/** Whatever a program wrote before it died is within this: the most that an unprivileged program may make of its pipe. */
const DRAIN_BYTES_MAX = 1024 ** 2 + PIPE_BYTES;

/** As much within a tick, and there will be something at the next: a pipe that is empty then costs an exception. */
const STEADY_BYTES = 1024;

/** One for all: a read and the write of what it got are one synchronous step. */
const buffer = Buffer.alloc(PIPE_BYTES);

export interface CaptureOptions {
  readonly pacer: ReadPacer;
  /** The program waits for an answer to what it writes: its pipe never rests, and a quiet one costs nothing still. */
  readonly isAwaited: boolean;
  /** Called once, when nobody has the other end open any more or the capture was closed. */
  readonly onEnd: () => void;
}

export class Capture {
  readonly #fd: number;
  readonly #sink: StreamSink;
  readonly #pacer: ReadPacer;
  readonly #isAwaited: boolean;
  readonly #onEnd: () => void;
  readonly #socket: Socket;
  readonly #wake = () => this.#onTick();
  #bytesSinceTick = 0;
  #pace: ReadPace = 'slow';
  #isResting = false;
  /** Nothing more will come. */
  #hasEnded = false;
  #isOver = false;

  /** Takes over the descriptor (non-blocking, of a FIFO) and the sink, and closes both in the end. */
  constructor(fd: number, sink: StreamSink, { pacer, isAwaited, onEnd }: CaptureOptions) {
    this.#fd = fd;
    this.#sink = sink;
    this.#pacer = pacer;
    this.#isAwaited = isAwaited;
    this.#onEnd = onEnd;
    // `onread`, because only so does pausing stop the reading, and no chunk is ever queued in a stream.
    const onread = { buffer, callback: (count: number) => this.#onRead(count) };
    this.#socket = new Socket({ fd, readable: true, writable: false, onread });
    this.#socket.on('end', () => this.#end());
    this.#socket.on('error', () => this.#end());
    this.#socket.resume();
  }

  /**
   * Reads what is in the pipe now: called when the program is dead, so that nothing it wrote is left behind.
   * @returns whether it is over: nobody else holds the pipe, and the sink has taken all
   */
  drain(): boolean {
    for (let drained = 0; !this.#hasEnded && drained < DRAIN_BYTES_MAX; ) {
      const count = this.#readNow();
      if (count === undefined) break;
      if (count === 0) this.#end();
      else this.#sink.write(buffer.subarray(0, count));
      drained += count;
    }
    return this.#isOver;
  }

  /** Reads what is in the pipe now, though it may rest: for somebody who is about to look at what became of it. */
  collect(): void {
    for (let collected = 0; !this.#hasEnded && !this.#sink.isBlocked && collected < DRAIN_BYTES_MAX; ) {
      const count = this.#readNow();
      if (count === undefined || count === 0) return; // the event loop finds the end by itself
      this.#sink.write(buffer.subarray(0, count));
      collected += count;
    }
  }

  /** As it is now, for another life of the agent; undefined when it is over. Nothing may be read here after that. */
  handOver(): { readonly fd: number; readonly saved: SavedSteps } | undefined {
    return this.#isOver ? undefined : { fd: this.#fd, saved: this.#sink.saved?.() ?? {} };
  }

  /** Stops reading, whatever may still come. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#hasEnded = true;
    this.#pacer.forget(this.#wake);
    this.#socket.destroy();
    this.#sink.close();
    this.#onEnd();
  }

  /** The other end is closed; what the sink still holds back is waited for. */
  #end(): void {
    this.#hasEnded = true;
    if (this.#sink.isBlocked) this.#pacer.atNextTick('slow', this.#wake);
    else this.close();
  }

  /** @returns false to stop reading until resumed */
  #onRead(count: number): boolean {
    if (this.#hasEnded) return false;
    this.#sink.write(buffer.subarray(0, count));
    if (this.#isAwaited && !this.#sink.isBlocked) return true;
    this.#bytesSinceTick += count;
    if (count >= HALF_PIPE_BYTES) this.#pace = 'flowing';
    else if (this.#pace === 'flowing') this.#pacer.nap();
    this.#pacer.atNextTick(this.#pace, this.#wake);
    this.#isResting = this.#pace !== 'flowing' || this.#sink.isBlocked;
    return !this.#isResting;
  }

  #onTick(): void {
    const isSteady = this.#bytesSinceTick >= STEADY_BYTES;
    this.#pace = paceFor(this.#bytesSinceTick, TICK_MS[this.#pace]);
    this.#bytesSinceTick = 0;
    this.#sink.flush();
    if (this.#hasEnded) {
      this.#end();
      return;
    }
    if (this.#sink.isBlocked || this.#pace === 'flowing') this.#pacer.atNextTick(this.#pace, this.#wake);
    if (!this.#isResting || this.#sink.isBlocked) return;
    if (!isSteady || this.#pace === 'flowing' || !this.#readAtTick()) this.#resume();
  }

  /**
   * Takes what came while the pipe rested, without asking the event loop for it first: at 10,000 lines/s the agent wakes
   * 97 times a second so, and 180 otherwise (measured).
   * @returns whether there was something; then the pipe rests on
   */
  #readAtTick(): boolean {
    const count = this.#readNow();
    if (count === undefined || count === 0) return false; // the event loop finds the end by itself
    this.#sink.write(buffer.subarray(0, count));
    this.#bytesSinceTick += count;
    this.#pacer.atNextTick(this.#pace, this.#wake);
    return true;
  }

  #resume(): void {
    this.#isResting = false;
    this.#socket.resume();
  }

  /** @returns undefined when the pipe is empty but still open at the other end */
  #readNow(): number | undefined {
    try {
      return readSync(this.#fd, buffer, 0, buffer.length, null);
    } catch (thrown) {
      if (errnoOf(thrown) === 'EAGAIN') return undefined;
      return 0;
    }
  }
}
