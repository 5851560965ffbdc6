/** Writes to the stdin of a running child: at once what its pipe takes, and the rest as the child reads. */
import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { StdinOutcome } from '../supervision/ports.ts';
import { errnoOf } from './errno.ts';

/** What may wait, in more than one chunk, beyond the 64 KiB of the pipe itself. */
const WAITING_BYTES_MAX = 1024 ** 2;

export class StdinWriter {
  /** Undefined when it is closed, or never was a pipe of ours. */
  #fd: number | undefined;
  /** From the first time that something had to wait. */
  #socket: Socket | undefined;

  /** @param fd our end of the pipe, non-blocking; open as long as the child may read, and closed by us in the end */
  constructor(fd: number | undefined) {
    this.#fd = fd;
  }

  write(chunk: Uint8Array): StdinOutcome {
    if (this.#fd === undefined) return 'closed';
    const waiting = this.#socket?.writableLength ?? 0;
    // Where nothing waits a chunk of any length is taken: to whoever writes it, it would never fit otherwise.
    if (waiting > 0 && waiting + chunk.length > WAITING_BYTES_MAX) return 'full';
    try {
      const written = waiting > 0 ? 0 : writeNow(this.#fd, chunk);
      if (written < chunk.length) this.#queue(this.#fd, chunk.subarray(written));
      return 'taken';
    } catch (thrown) {
      if (errnoOf(thrown) !== 'EPIPE') throw thrown;
      this.close(); // the child has closed its end
      return 'closed';
    }
  }

  /** What still waits is dropped. */
  close(): void {
    if (this.#fd === undefined) return;
    if (this.#socket === undefined) closeSync(this.#fd);
    else this.#socket.destroy();
    this.#fd = undefined;
    this.#socket = undefined;
  }

  #queue(fd: number, rest: Uint8Array): void {
    if (this.#socket === undefined) {
      this.#socket = new Socket({ fd, readable: false, writable: true });
      this.#socket.on('error', () => this.close()); // EPIPE: it closed its end
    }
    this.#socket.write(rest);
  }
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
