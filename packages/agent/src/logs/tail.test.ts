import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { LogFiles } from './log-files.ts';
import { tailLog } from './tail.ts';

const parent = mkdtempSync(join(tmpdir(), 'fleet-tail-'));
afterAll(() => rmSync(parent, { recursive: true }));

const never = { maxBytes: 0, backups: 0 };
let path = '';
let files = new LogFiles(() => {});
beforeEach(() => {
  path = join(mkdtempSync(join(parent, 'x')), 'a.log');
  files = new LogFiles(() => {});
});

/** A follower of which one asks for a number of bytes. */
function follow(tailBytes = 1000, chunkBytesMax = 1000) {
  const stop = new AbortController();
  const chunks = tailLog(files, { path, tailBytes, follow: true, chunkBytesMax }, stop.signal);
  let skippedBytes = 0;
  let cuts = 0;
  const take = async (count: number): Promise<string> => {
    let text = '';
    while (text.length < count) {
      const { value } = await chunks.next();
      if (value === undefined) break;
      text += Buffer.from(value.data).toString();
      skippedBytes += value.skippedBytes;
      cuts += Number(value.isAfterCut);
    }
    return text;
  };
  return { chunks, stop, take, skipped: () => skippedBytes, cuts: () => cuts };
}

const write = (log: { write(chunk: Uint8Array): void }, text: string) => log.write(Buffer.from(text));

describe('the end of a log', () => {
  it.each([
    [4, 'ghi\n'],
    [0, ''],
    [100, 'abcdefghi\n'],
  ])('of %d bytes', async (tailBytes, expected) => {
    writeFileSync(path, 'abcdefghi\n');
    let text = '';
    const options = { path, tailBytes, follow: false, chunkBytesMax: 3 };
    for await (const { data } of tailLog(files, options, new AbortController().signal))
      text += Buffer.from(data).toString();
    expect(text).toBe(expected);
  });

  it('of a log that does not exist is empty', async () => {
    const options = { path, tailBytes: 10, follow: false };
    expect(await tailLog(files, options, new AbortController().signal).next()).toMatchObject({ done: true });
  });
});

describe('following', () => {
  it('gives what is written, when it is written', async () => {
    const log = files.open(path, never);
    write(log, 'before\n');
    const follower = follow();
    expect(await follower.take(7)).toBe('before\n');
    const next = follower.take(3);
    write(log, 'new');
    expect(await next).toBe('new');
    follower.stop.abort();
    await expect(follower.chunks.next()).rejects.toThrow(/abort/);
  });

  it('begins before there is a file, and outlives its writer', async () => {
    const follower = follow();
    const first = follower.take(3);
    const log = files.open(path, never);
    write(log, 'one');
    expect(await first).toBe('one');
    log.close();
    const second = follower.take(3);
    write(files.open(path, never), 'two');
    expect(await second).toBe('two');
    expect(follower.skipped()).toBe(0);
    follower.stop.abort();
  });

  it('goes through every file that rotation made meanwhile', async () => {
    const log = files.open(path, { maxBytes: 10, backups: 9 });
    const follower = follow();
    write(log, 'start\n');
    expect(await follower.take(6)).toBe('start\n');
    const lines = Array.from({ length: 12 }, (_, i) => `line ${i}.\n`).join('');
    for (const line of lines.split(/(?<=\n)/)) write(log, line);
    expect(await follower.take(lines.length)).toBe(lines);
    expect(follower.skipped()).toBe(0);
    expect(follower.cuts()).toBe(0);
    follower.stop.abort();
  });

  it('says how much was gone before it could be read', async () => {
    const log = files.open(path, { maxBytes: 10, backups: 1 });
    const follower = follow();
    write(log, '0123');
    expect(await follower.take(4)).toBe('0123');
    for (let i = 0; i < 5; i++) write(log, `${i}.........`);
    write(log, 'end');
    // What it holds open it can still read, and what is kept; three files between are gone.
    expect(await follower.take(23)).toBe('0.........4.........end');
    expect(follower.skipped()).toBe(30);
    follower.stop.abort();
  });

  it('is not fooled by a file that was cut and has grown again', async () => {
    const log = files.open(path, { maxBytes: 10, backups: 0 });
    const follower = follow();
    write(log, '01');
    expect(await follower.take(2)).toBe('01');
    write(log, '23456789x');
    write(log, 'abcdef');
    expect(await follower.take(6)).toBe('abcdef');
    expect(follower.skipped()).toBe(9);
    expect(follower.cuts()).toBe(1);
    follower.stop.abort();
  });

  it('begins at the front of a log that was cleared', async () => {
    const log = files.open(path, never);
    const follower = follow();
    write(log, 'old old old');
    expect(await follower.take(11)).toBe('old old old');
    files.clear(path);
    write(log, 'new');
    expect(await follower.take(3)).toBe('new');
    expect(follower.cuts()).toBe(0);
    follower.stop.abort();
  });

  it('begins at the front of a log that somebody truncated', async () => {
    const log = files.open(path, never);
    write(log, 'before');
    const follower = follow();
    expect(await follower.take(6)).toBe('before');
    truncateSync(path);
    write(log, 'more');
    expect(await follower.take(4)).toBe('more');
    write(log, 'and more');
    expect(await follower.take(8)).toBe('and more');
    expect(follower.cuts()).toBe(1);
    follower.stop.abort();
  });

  it('does not take old backups for what came after a clear', async () => {
    const log = files.open(path, { maxBytes: 10, backups: 3 });
    write(log, 'old backup');
    write(log, 'seen');
    const follower = follow();
    expect(await follower.take(4)).toBe('seen');
    write(log, 'lost');
    files.clear(path);
    write(log, 'new');
    expect(await follower.take(7)).toBe('lostnew');
    follower.stop.abort();
  });

  it('holds up nobody but itself: a chunk is read when it is asked for', async () => {
    const log = files.open(path, never);
    const follower = follow(1000, 5);
    write(log, '0123456789');
    expect(await follower.take(1)).toBe('01234');
    write(log, 'abcde');
    expect(await follower.take(10)).toBe('56789abcde');
    follower.stop.abort();
  });
});

/** Whether the kernel tells this process of changes to the file. */
function isWatched(file: string): boolean {
  const inode = `ino:${statSync(file).ino.toString(16)} `;
  return readdirSync('/proc/self/fdinfo').some((fd) => {
    try {
      const lines = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').split('\n');
      return lines.some((line) => line.startsWith('inotify ') && line.includes(inode));
    } catch {
      return false; // the descriptor of the listing itself
    }
  });
}

describe('a log that others write to as well', () => {
  it('is followed past what we write', async () => {
    const log = files.open(path, never);
    write(log, 'ours\n');
    const follower = follow();
    expect(await follower.take(5)).toBe('ours\n');
    appendFileSync(path, 'theirs\n');
    expect(await follower.take(7)).toBe('theirs\n');
    write(log, 'ours\n');
    expect(await follower.take(5)).toBe('ours\n');
    expect(follower.skipped()).toBe(0);
    follower.stop.abort();
    log.close();
  });

  it('is followed from the beginning of a file that somebody puts in its place', async () => {
    writeFileSync(path, 'old\n');
    const follower = follow();
    expect(await follower.take(4)).toBe('old\n');
    for (const name of ['one', 'two']) {
      renameSync(path, `${path}.away`);
      writeFileSync(`${path}.${name}`, `${name}\n`);
      renameSync(`${path}.${name}`, path);
      expect(await follower.take(4)).toBe(`${name}\n`);
    }
    follower.stop.abort();
  });

  it('wakes nobody once it is not followed any more', async () => {
    writeFileSync(path, 'old\n');
    const follower = follow();
    await follower.take(4);
    expect(isWatched(path)).toBe(true);
    const next = follower.chunks.next();
    follower.stop.abort(new Error('left'));
    await expect(next).rejects.toThrow('left');
    expect(isWatched(path)).toBe(false);
  });
});
