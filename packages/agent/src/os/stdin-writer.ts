/** Writes to the stdin of a running child. Opened with the first write: most programs are never written to. */
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { StdinOutcome } from '../supervision/ports.ts';
import { errnoOf } from './errno.ts';

/** What may wait beyond the 64 KiB of the pipe itself. */
const WAITING_BYTES_MAX = 1024 ** 2;

export class StdinWriter {
  readonly #path: string;
  #socket: Socket | undefined;
  #isClosed = false;

  /** @param path of the FIFO whose other end is the child's stdin */
  constructor(path: string) {
    this.#path = path;
  }

  write(chunk: Uint8Array): StdinOutcome {
    if (this.#isClosed) return 'closed';
    this.#socket ??= this.#open();
    if (this.#socket === undefined) return 'closed';
    if (this.#socket.writableLength + chunk.length > WAITING_BYTES_MAX) return 'full';
    this.#socket.write(chunk);
    return 'taken';
  }

  /** What still waits is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket | undefined {
    try {
      const fd = openSync(this.#path, constants.O_WRONLY | constants.O_NONBLOCK);
      const socket = new Socket({ fd, readable: false, writable: true });
      socket.on('error', () => this.close()); // EPIPE: it closed its end
      return socket;
    } catch (thrown) {
      if (errnoOf(thrown) === 'ENXIO') return undefined; // nobody has the other end open
      throw thrown;
    }
  }
}
