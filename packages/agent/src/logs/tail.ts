/**
 * The end of a log, and what is added to it: across rotation, truncation and clearing. Driven by the writer, which says
 * when there is more, and where others write to it too by the kernel; never by polling. Reads synchronously: what was just written is in the page cache, a chunk is
 * small, and so what is read and what the writer has counted belong to one moment.
 */
import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import type { LogFiles, LogWatch } from './log-files.ts';
import { waitForChange } from './wait-for-change.ts';
import { watchOutside } from './watch-outside.ts';

export interface TailOptions {
  /** Absolute path of the log. */
  readonly path: string;
  /** With how many of its last bytes to begin. */
  readonly tailBytes: number;
  /** Go on with what is added, until the signal says otherwise. */
  readonly follow: boolean;
  /** The most that is given at a time; 32 KiB at most. */
  readonly chunkBytesMax?: number;
}

/** A piece of a log. */
export interface TailChunk {
  readonly data: Uint8Array;
  /** Bytes left out just before this: they were gone before they could be read. */
  readonly skippedBytes: number;
  /** The file was truncated in place before this: by a rotation without backups, or by somebody else. */
  readonly isAfterCut: boolean;
}

const CHUNK_BYTES_MAX = 32 * 1024;

/** One for all, since reading is synchronous: of a buffer for each read nearly all would be room for a few bytes, kept until V8 looks. */
const room = new Uint8Array(CHUNK_BYTES_MAX);

/**
 * Gives the log piece by piece, each only when it is asked for: who is slow holds up nobody but itself. A log that does
 * not exist is empty; followed, it may come to be.
 * @throws the signal's reason when aborted while following; the file system's error when the log cannot be read
 */
export async function* tailLog(
  files: LogFiles,
  options: TailOptions,
  signal: AbortSignal,
): AsyncGenerator<TailChunk, void, undefined> {
  using change = waitForChange((changed) => files.watch(options.path, changed));
  using outside = watchOutside(options.path, change.tell);
  using reader = new TailReader(options, change.watch);
  for (;;) {
    signal.throwIfAborted();
    // Before the reading: what comes after it is told.
    if (options.follow) outside.arm();
    const chunk = reader.next();
    if (chunk !== undefined) yield chunk;
    else if (options.follow) await change.wait(signal);
    else return;
  }
}

/** Where one follower stands. */
class TailReader implements Disposable {
  readonly #path: string;
  readonly #chunkBytesMax: number;
  readonly #watch: LogWatch;
  #fd: number | undefined;
  #position = 0;
  /** The place after the last byte given, counted as the writer counts: what a gap is measured by. */
  #givenUpTo: number;
  /** Known to be gone, and not told yet. */
  #skippedBytes = 0;
  /** Known to have been cut, and not told yet. */
  #wasCut = false;

  constructor({ path, tailBytes, chunkBytesMax = CHUNK_BYTES_MAX }: TailOptions, watch: LogWatch) {
    this.#path = path;
    this.#chunkBytesMax = Math.min(chunkBytesMax, room.length);
    this.#watch = watch;
    this.#fd = openIfThere(path);
    const size = this.#fd === undefined ? 0 : fstatSync(this.#fd).size;
    this.#position = Math.max(0, size - tailBytes);
    this.#givenUpTo = watch.writtenBytes - (size - this.#position);
  }

  /** The next piece; undefined when there is none for now. */
  next(): TailChunk | undefined {
    for (;;) {
      const data = this.#read();
      if (data !== undefined) return this.#chunkOf(data);
      if (!this.#moveOn()) return undefined;
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #chunkOf(data: Uint8Array): TailChunk {
    const chunk = { data, skippedBytes: this.#account(data.length), isAfterCut: this.#wasCut };
    this.#wasCut = false;
    return chunk;
  }

  #read(): Uint8Array | undefined {
    if (this.#fd === undefined) return undefined;
    this.#stepBackIfCut(this.#fd);
    const count = readSync(this.#fd, room, 0, this.#chunkBytesMax, this.#position);
    this.#position += count;
    return count === 0 ? undefined : room.slice(0, count);
  }

  /**
   * The newest file may have been truncated and have grown beyond our place since. Then more was written than lies
   * between our place and its end: what is left of that is its last bytes.
   */
  #stepBackIfCut(fd: number): void {
    const placed = this.#placeInWriting(fd);
    if (placed === undefined || placed <= this.#givenUpTo) return;
    const unread = this.#watch.writtenBytes - this.#givenUpTo;
    this.#position = Math.max(0, fstatSync(fd).size - unread);
    this.#wasCut = true;
  }

  /** Counts what is given. @returns how many bytes before it were not */
  #account(count: number): number {
    const placed = this.#fd === undefined ? undefined : this.#placeInWriting(this.#fd);
    const expected = this.#givenUpTo + count;
    this.#givenUpTo = placed ?? expected;
    const skipped = this.#skippedBytes + Math.max(0, this.#givenUpTo - expected);
    this.#skippedBytes = 0;
    return skipped;
  }

  /** Our place, counted as the writer counts; undefined in a file that was rotated away, whose end is nobody's. */
  #placeInWriting(fd: number): number | undefined {
    const mine = fstatSync(fd);
    if (!isSame(mine, statOf(this.#path))) return undefined;
    return this.#watch.writtenBytes - (mine.size - this.#position);
  }

  /** At the end of a file: goes to the one that came after it, or to the front of one that was cut. @returns whether it did */
  #moveOn(): boolean {
    const newest = statOf(this.#path);
    if (newest === undefined) return false; // removed, or not there yet
    if (this.#fd === undefined) return this.#open(0, 0);
    const mine = fstatSync(this.#fd);
    if (!isSame(mine, newest)) return this.#openSuccessorOf(mine);
    if (mine.size >= this.#position) return false;
    this.#position = 0;
    this.#wasCut = true;
    return true;
  }

  /** Ours was rotated away: the file that was begun then has one number less. */
  #openSuccessorOf(mine: Stats): boolean {
    for (let number = 1; ; number++) {
      const backup = this.#stat(number);
      if (backup === undefined) return this.#openByPlace();
      if (isSame(mine, backup)) return this.#open(number - 1, 0);
    }
  }

  /** Ours is no backup any more, or was cleared: goes back from the end by what was written since, as far as there is any. */
  #openByPlace(): boolean {
    const unread = this.#watch.writtenBytes - Math.max(this.#givenUpTo, this.#watch.clearedAtBytes);
    let number = 0;
    let covered = this.#stat(0)?.size ?? 0;
    for (let older = this.#stat(1); covered < unread && older !== undefined; older = this.#stat(number + 1)) {
      covered += older.size;
      number++;
    }
    const skipped = Math.max(0, this.#watch.writtenBytes - this.#givenUpTo - covered);
    this.#skippedBytes += skipped;
    this.#givenUpTo += skipped;
    // The newest alone may hold more than was written since: then it is another's, and all of it is new.
    return this.#open(number, number === 0 ? 0 : Math.max(0, covered - unread));
  }

  #stat(number: number): Stats | undefined {
    return statOf(this.#pathOf(number));
  }

  #pathOf(number: number): string {
    return number === 0 ? this.#path : `${this.#path}.${number}`;
  }

  /** @param number of the backup; 0 for the newest */
  #open(number: number, position: number): boolean {
    const fd = openIfThere(this.#pathOf(number));
    if (fd === undefined) return false;
    this[Symbol.dispose]();
    this.#fd = fd;
    this.#position = position;
    return true;
  }
}

function isSame(a: Stats, b: Stats | undefined): boolean {
  return a.ino === b?.ino && a.dev === b.dev;
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
