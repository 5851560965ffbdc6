/**
 * A log path that is no regular file: /dev/stdout on a terminal or a container's pipe, /dev/null, a FIFO. It is never
 * rotated, tailed or cleared. When its reader is slow the bytes are held back and the program waits, not the agent.
 */
import { writeSync } from 'node:fs';
import { errnoOf } from '../os/errno.ts';
import type { LogFile } from './log-file.ts';
import type { LogReporter } from './log-reporter.ts';
import { LostBytes } from './lost-bytes.ts';
import { type OpenedPath, openLogPath } from './open-log-path.ts';

/** The reader stops at the first chunk that is held back; what a dying program leaves in its pipes comes on top. */
const HELD_BYTES_MAX = 2 * 1024 ** 2;

export class FlowingFile implements LogFile {
  readonly #path: string;
  readonly #lost: LostBytes;
  #opened: OpenedPath;
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  /** Takes over what was opened. */
  constructor(path: string, opened: OpenedPath, report: LogReporter) {
    this.#path = path;
    this.#opened = opened;
    this.#lost = new LostBytes(path, report);
  }

  get isBlocked(): boolean {
    return this.#heldBytes > 0;
  }

  get isRegular(): boolean {
    return false;
  }

  get held(): Uint8Array {
    return Buffer.concat(this.#held);
  }

  setRotation(): void {
    // Rotation means nothing here.
  }

  write(chunk: Uint8Array): number {
    if (this.isBlocked) {
      this.#hold(chunk);
      return 0;
    }
    const written = this.#pass(chunk);
    if (written < chunk.length) this.#hold(chunk.subarray(written));
    return written;
  }

  flush(): number {
    const held = this.#held.splice(0);
    this.#heldBytes = 0;
    return held.reduce((written, chunk) => written + this.write(chunk), 0);
  }

  reopen(): void {
    const opened = openLogPath(this.#path);
    this.#opened.close();
    this.#opened = opened;
  }

  clear(): void {
    // There is nothing to clear.
  }

  close(): void {
    this.flush();
    if (this.#heldBytes > 0) this.#lost.failed(this.#heldBytes, 'EAGAIN');
    this.#opened.close();
  }

  /** Writes until it would block. Bytes that fail in any other way are lost, and count as gone. */
  #pass(chunk: Uint8Array): number {
    let done = 0;
    try {
      while (done < chunk.length) done += writeSync(this.#opened.fd, chunk, done);
      this.#lost.succeeded();
    } catch (thrown) {
      const errno = errnoOf(thrown);
      if (errno === 'EAGAIN') return done;
      this.#lost.failed(chunk.length - done, errno);
      return chunk.length;
    }
    return done;
  }

  #hold(chunk: Uint8Array): void {
    if (this.#heldBytes + chunk.length > HELD_BYTES_MAX) {
      this.#lost.failed(chunk.length, 'EAGAIN');
      return;
    }
    this.#held.push(chunk.slice());
    this.#heldBytes += chunk.length;
  }
}
