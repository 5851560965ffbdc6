/**
 * A log file on disk with Supervisor's rotation: looked at AFTER each write, `.1` is the newest backup, nothing is cut
 * or lost. Unlike Supervisor's it stays in append mode after a rotation (so that truncation from outside leaves no hole
 * of zeros), and survives a full disk. Knows nothing of processes.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
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
  /** A rotation that was not carried to its end has left this file with two names, its own and that of the newest backup. */
  #mayHaveTwoNames = true;

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
    const next = this.#willBeFull(chunk.length) ? this.#makeReady() : undefined;
    const written = this.#append(chunk);
    this.#size += written;
    if (next !== undefined) this.#rotate(next);
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
    removeIfThere(this.#path);
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

  #willBeFull(bytes: number): boolean {
    if (this.#rotation.maxBytes <= 0 || this.#size + bytes < this.#rotateAtBytes) return false;
    // Somebody else may have truncated it: what counts is the file, not what we have written.
    this.#size = fstatSync(this.#fd).size;
    return this.#size + bytes >= this.#rotateAtBytes;
  }

  /**
   * What takes time is done before the last bytes are written: who sees them, and looks for the files then, finds them
   * rotated. Where they cannot be written, on a full disk, the oldest backup has made room in vain.
   * @returns undefined when it failed, and has been reported
   */
  #makeReady(): NextFile | undefined {
    const { backups } = this.#rotation;
    if (backups <= 0) return 'truncated';
    try {
      this.#makeRoom(backups);
      const { mode } = fstatSync(this.#fd);
      const path = join(dirname(this.#path), `.${basename(this.#path)}.next`);
      return { fd: openSync(path, appendFlags | constants.O_TRUNC, mode & 0o777), path };
    } catch (thrown) {
      this.#rotationFailed(thrown);
      return undefined;
    }
  }

  /** Frees the name of the newest backup. The bytes that are to be written wait meanwhile: no call that can be spared is made. */
  #makeRoom(backups: number): void {
    if (this.#mayHaveTwoNames && isSameFile(this.#fd, this.#backup(1))) unlinkSync(this.#backup(1));
    this.#mayHaveTwoNames = false;
    const free = this.#firstFree(backups);
    // Not replaced by a rename: ext4 puts a file on the disk that takes the name of another, and this one is old.
    if (free === backups) removeIfThere(this.#backup(backups));
    for (let number = free - 1; number >= 1; number--) renameSync(this.#backup(number), this.#backup(number + 1));
  }

  /** Beyond a gap nothing has to move. Asked for one after the other: a folder may hold the logs of thousands. */
  #firstFree(backups: number): number {
    let number = 1;
    while (number < backups && existsSync(this.#backup(number))) number++;
    return number;
  }

  #backup(number: number): string {
    return `${this.#path}.${number}`;
  }

  #rotate(next: NextFile): void {
    try {
      if (next === 'truncated') {
        ftruncateSync(this.#fd, 0);
        this.#size = 0;
      } else {
        moveAside(this.#path, this.#backup(1));
        renameSync(next.path, this.#path);
        this.#swap(next.fd);
      }
      this.#rotateAtBytes = this.#rotation.maxBytes;
      this.#isRotationFailing = false;
    } catch (thrown) {
      if (next !== 'truncated') discard(next);
      this.#rotationFailed(thrown);
    }
  }

  #rotationFailed(thrown: unknown): void {
    this.#mayHaveTwoNames = true;
    this.#rotateAtBytes = this.#size + this.#rotation.maxBytes;
    if (this.#isRotationFailing) return;
    this.#isRotationFailing = true;
    this.#report('error', `cannot rotate ${this.#path}: ${errnoOf(thrown)}; it goes on growing`);
  }

  /** The old file stays open until the new one is: when that fails, writing goes on. */
  #swap(fd: number): void {
    closeSync(this.#fd);
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
  }
}

/** The file that is to follow, open and under a name of its own; or none, where the present one is emptied instead. */
type NextFile = OpenFile | 'truncated';

interface OpenFile {
  readonly fd: number;
  readonly path: string;
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown;
  }
}

function discard({ fd, path }: OpenFile): void {
  closeSync(fd);
  rmSync(path, { force: true });
}

function isSameFile(fd: number, path: string): boolean {
  const other = statSync(path, { throwIfNoEntry: false });
  if (other === undefined) return false;
  const { dev, ino } = fstatSync(fd);
  return other.dev === dev && other.ino === ino;
}

/**
 * Gives a file another name. Its own stays until the next file takes it, so that there is a log at every moment, except on
 * file systems without links. What somebody has removed is gone; the log goes on in a new file.
 */
function moveAside(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') renameSync(from, to);
  }
}
