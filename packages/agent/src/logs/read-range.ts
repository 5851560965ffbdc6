/**
 * A piece of a log file by offset and length, with Supervisor's rules for readLog and tailProcessLog. Reads
 * synchronously: logs are read for people, and what they ask for mostly lies in the page cache.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isatty } from 'node:tty';
import { messageOf } from '@fleetvisor/primitives';
import { errnoOf } from '../os/errno.ts';

/**
 * A whole log of the default size (50 MB and a chunk) can be read in one answer, as under Supervisor. What is larger is
 * refused rather than cut short, so that nobody takes a part for the whole; at most 64 MiB are read at a time, which
 * takes the agent tens of milliseconds.
 */
export const RANGE_BYTES_MAX = 64 * 1024 ** 2;

export type LogRange =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | { readonly kind: 'no-file' }
  /** A negative length, or a length with a negative offset. */
  | { readonly kind: 'bad-arguments' }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Reads a range of a log. Length 0 reads to the end; a negative offset with length 0 reads that many last bytes. Beyond
 * the end there is nothing.
 * @param offset in bytes of the file as it is now, without its backups
 */
export function readLogRange(path: string, offset: number, length: number): LogRange {
  const opened = openLog(path);
  if (opened.kind !== 'opened') return opened;
  using log = opened.log;
  if (length < 0 || (offset < 0 && length !== 0)) return { kind: 'bad-arguments' };
  const start = offset < 0 ? Math.max(0, log.size + offset) : Math.min(offset, log.size);
  const wanted = length === 0 ? log.size - start : Math.min(length, log.size - start);
  if (wanted > RANGE_BYTES_MAX) {
    return { kind: 'failed', reason: `${wanted} bytes are too many at a time: ask for ${RANGE_BYTES_MAX} or fewer` };
  }
  try {
    return { kind: 'read', bytes: log.read(start, wanted) };
  } catch (thrown) {
    return { kind: 'failed', reason: messageOf(thrown) };
  }
}

export interface LogTail {
  readonly bytes: Uint8Array;
  /** Where the log ends now: what to ask with the next time. */
  readonly offset: number;
  /** There is more after the asked offset than was asked for. */
  readonly overflow: boolean;
}

/**
 * The last bytes of a log: always the last `length` ones, wherever the offset is, as in Supervisor (trap 56); none when
 * nothing comes after the offset. A log that is not there or cannot be read is empty.
 */
export function tailLog(path: string, offset: number, length: number): LogTail {
  const opened = openLog(path);
  if (opened.kind === 'no-file') return { bytes: new Uint8Array(), offset: 0, overflow: false };
  const unread = { bytes: new Uint8Array(), offset, overflow: false };
  if (opened.kind === 'failed') return unread;
  using log = opened.log;
  const end = { offset: log.size, overflow: log.size > offset + length };
  if (length <= 0 || offset >= log.size) return { bytes: new Uint8Array(), ...end };
  const wanted = Math.min(length, log.size, RANGE_BYTES_MAX);
  try {
    return { bytes: log.read(log.size - wanted, wanted), ...end };
  } catch {
    return unread; // as Supervisor: a tail has no way to say that it failed
  }
}

interface OpenLog extends Disposable {
  readonly size: number;
  /** @returns less where the file has become shorter meanwhile */
  read(start: number, count: number): Uint8Array;
}

type Opened =
  | { readonly kind: 'opened'; readonly log: OpenLog }
  | { readonly kind: 'no-file' }
  | { readonly kind: 'failed'; readonly reason: string };

function openLog(path: string): Opened {
  try {
    // Non-blocking: a FIFO would wait for somebody to write to it.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const stats = fstatSync(fd);
    // Of /dev/null there is always nothing; a pipe or a terminal has no end to look back from.
    const isNothing = stats.isCharacterDevice() && !isatty(fd);
    const log: OpenLog = {
      size: isNothing ? 0 : stats.size,
      read: (start, count) => readFully(fd, start, count),
      [Symbol.dispose]: () => closeSync(fd),
    };
    if (stats.isFile() || isNothing) return { kind: 'opened', log };
    log[Symbol.dispose]();
    return { kind: 'failed', reason: `${path} is no file: what was written to it is not kept` };
  } catch (thrown) {
    const errno = errnoOf(thrown);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return { kind: 'no-file' };
    return { kind: 'failed', reason: messageOf(thrown) };
  }
}

function readFully(fd: number, start: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  let done = 0;
  while (done < count) {
    const got = readSync(fd, bytes, done, count - done, start + done);
    if (got === 0) break;
    done += got;
  }
  return bytes.subarray(0, done);
}
