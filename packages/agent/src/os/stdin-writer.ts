/** Writes to the stdin of a running child: at once what its pipe takes, and the rest as the child reads. */
import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { StdinOutcome } from '../supervision/ports.ts';
import { errnoOf } from './errno.ts';

/** What may wait, in more than one chunk, beyond the 64 KiB of the pipe itself. */
const WAITING_BYTES_MAX = 1024 ** 2;

/** The pipe of a run, for another life of the agent. */
export interface HandedStdin {
  readonly fd: number;
  /** What the child has not taken yet. */
  readonly waiting: Uint8Array;
}

export class StdinWriter {
  /** Undefined when it is closed, or never was a pipe of ours. */
  #fd: number | undefined;
  /** From the first time that something had to wait. */
  #socket: Socket | undefined;
  /** The first of them is in the hands of the socket, the others are not. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  /**
   * @param fd our end of the pipe, non-blocking; open as long as the child may read, and closed by us in the end
   * @param waiting what an earlier life of the agent could not write
   */
  constructor(fd: number | undefined, waiting: Uint8Array = new Uint8Array()) {
    this.#fd = fd;
    if (fd !== undefined && waiting.length > 0) this.#queue(fd, waiting);
  }

  write(chunk: Uint8Array): StdinOutcome {
    if (this.#fd === undefined) return 'closed';
    const isWaiting = this.#waitingBytes > 0;
    // Where nothing waits a chunk of any length is taken: to whoever writes it, it would never fit otherwise.
    if (isWaiting && this.#waitingBytes + chunk.length > WAITING_BYTES_MAX) return 'full';
    try {
      const written = isWaiting ? 0 : writeNow(this.#fd, chunk);
      if (written < chunk.length) this.#queue(this.#fd, chunk.subarray(written));
      return 'taken';
    } catch (thrown) {
      if (errnoOf(thrown) !== 'EPIPE') throw thrown;
      this.close(); // the child has closed its end
      return 'closed';
    }
  }

  /** As it is now; undefined when there is no pipe. Nothing may be written after that. */
  handOver(): HandedStdin | undefined {
    if (this.#fd === undefined) return undefined;
    const [first = new Uint8Array(), ...rest] = this.#waiting;
    const unsent = this.#socket === undefined ? 0 : unsentBytes(this.#socket);
    return { fd: this.#fd, waiting: Buffer.concat([first.subarray(first.length - unsent), ...rest]) };
  }

  /** What still waits is dropped. */
  close(): void {
    if (this.#fd === undefined) return;
    if (this.#socket === undefined) closeSync(this.#fd);
    else this.#socket.destroy();
    this.#fd = undefined;
    this.#socket = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #queue(fd: number, rest: Uint8Array): void {
    this.#waiting.push(rest);
    this.#waitingBytes += rest.length;
    if (this.#waiting.length === 1) this.#send(fd, rest);
  }

  #send(fd: number, chunk: Uint8Array): void {
    if (this.#socket === undefined) {
      this.#socket = new Socket({ fd, readable: false, writable: true });
      this.#socket.on('error', () => this.close()); // EPIPE: it closed its end
    }
    this.#socket.write(chunk, (error) => {
      if (error || this.#fd === undefined) return;
      this.#waitingBytes -= chunk.length;
      this.#waiting.shift();
      const [next] = this.#waiting;
      if (next !== undefined) this.#send(fd, next);
    });
  }
}

/** Of the chunk that was written last: what is still to go. Node's own count is of whole chunks; libuv's is of bytes. */
function unsentBytes(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const size: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'writeQueueSize') : 0;
  return typeof size === 'number' ? size : 0;
}

/** @returns how many bytes the pipe has taken */
function writeNow(fd: number, chunk: Uint8Array): number {
  try {
    return writeSync(fd, chunk);
  } catch (thrown) {
    if (errnoOf(thrown) === 'EAGAIN') return 0;
    throw thrown;
  }
}
