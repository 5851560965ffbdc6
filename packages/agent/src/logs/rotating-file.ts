/**
 * A log file on disk with Supervisor's rotation: looked at AFTER each write, `.1` is the newest backup, nothing is cut
 * or lost. Unlike Supervisor's it stays in append mode after a rotation (so that truncation from outside leaves no hole
 * of zeros), and survives a full disk. Knows nothing of processes.
 */
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { errnoOf } from '../os/errno.ts';
import { appendFlags, type LogFile, type Rotation } from './log-file.ts';
import type { LogReporter } from './log-reporter.ts';
import { LostBytes } from './lost-bytes.ts';

export class RotatingFile implements LogFile {
  readonly #path: string;
  readonly #report: LogReporter;
  readonly #lost: LostBytes;
  #fd: number;
  #size: number;
  #rotation: Rotation;
  /** Where the next try is due after a rotation failed: not at every write. */
  #rotateAtBytes: number;
  /** It has been said: the report may be a line of this very file, and fail in the same way. */
  #isRotationFailing = false;

  /** Takes over an open descriptor of a regular file. */
  constructor(path: string, fd: number, rotation: Rotation, report: LogReporter) {
    this.#path = path;
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
    this.#rotation = rotation;
    this.#rotateAtBytes = rotation.maxBytes;
    this.#report = report;
    this.#lost = new LostBytes(path, report);
  }

  get isBlocked(): boolean {
    return false;
  }

  get isRegular(): boolean {
    return true;
  }

  setRotation(rotation: Rotation): void {
    this.#rotation = rotation;
    this.#rotateAtBytes = rotation.maxBytes;
  }

  write(chunk: Uint8Array): number {
    const written = this.#append(chunk);
    this.#size += written;
    if (this.#rotation.maxBytes > 0 && this.#size >= this.#rotateAtBytes) this.#rotateIfStillDue();
    return written;
  }

  flush(): number {
    return 0;
  }

  reopen(): void {
    this.#swap(openSync(this.#path, appendFlags));
  }

  /** Removes and recreates it, as Supervisor does; a follower sees a new file rather than one that shrank. */
  clear(): void {
    const { mode } = fstatSync(this.#fd);
    try {
      unlinkSync(this.#path);
    } catch (thrown) {
      if (errnoOf(thrown) !== 'ENOENT') throw thrown; // somebody else removed it
    }
    this.#swap(openSync(this.#path, appendFlags, mode & 0o777));
  }

  close(): void {
    closeSync(this.#fd);
  }

  #append(chunk: Uint8Array): number {
    let done = 0;
    try {
      while (done < chunk.length) done += writeSync(this.#fd, chunk, done);
      this.#lost.succeeded();
    } catch (thrown) {
      this.#lost.failed(chunk.length - done, errnoOf(thrown));
    }
    return done;
  }

  #rotateIfStillDue(): void {
    // Somebody else may have truncated it: what counts is the file, not what we have written.
    this.#size = fstatSync(this.#fd).size;
    if (this.#size < this.#rotateAtBytes) return;
    try {
      if (this.#rotation.backups > 0) this.#rotate();
      else ftruncateSync(this.#fd, 0);
      this.#size = 0;
      this.#rotateAtBytes = this.#rotation.maxBytes;
      this.#isRotationFailing = false;
    } catch (thrown) {
      this.#rotateAtBytes = this.#size + this.#rotation.maxBytes;
      if (this.#isRotationFailing) return;
      this.#isRotationFailing = true;
      this.#report('error', `cannot rotate ${this.#path}: ${errnoOf(thrown)}; it goes on growing`);
    }
  }

  #rotate(): void {
    const { mode } = fstatSync(this.#fd);
    for (let number = this.#rotation.backups - 1; number >= 1; number--) {
      const older = `${this.#path}.${number}`;
      // Asked first: the exception of a rename costs more, and there may be a hundred backups to come.
      if (existsSync(older)) renameSync(older, `${this.#path}.${number + 1}`);
    }
    renameIfThere(this.#path, `${this.#path}.1`);
    this.#swap(openSync(this.#path, appendFlags, mode & 0o777));
  }

  /** The old file stays open until the new one is: when that fails, writing goes on. */
  #swap(fd: number): void {
    closeSync(this.#fd);
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
  }
}

/** What somebody has removed is gone; the log goes on in a new file. */
function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown;
  }
}
