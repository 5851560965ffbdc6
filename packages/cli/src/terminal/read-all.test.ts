import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readAll } from './read-all.ts';

const never = new AbortController().signal;

describe('readAll', () => {
  it('gives back all bytes', async () => {
    const bytes = await readAll(Readable.from([Buffer.from([0xff, 0x00]), Buffer.from('é')]), never);
    expect(Buffer.from(bytes)).toEqual(Buffer.from([0xff, 0x00, 0xc3, 0xa9]));
    expect(await readAll(Readable.from([]), never)).toHaveLength(0);
  });

  it('gives up on what has no end', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024);
    const endless = (function* () {
      for (;;) yield mebibyte;
    })();
    await expect(readAll(Readable.from(endless), never)).rejects.toThrow(/more than 16777216 bytes/);
  });

  it('ends with the command', async () => {
    const ended = new AbortController();
    const reading = readAll(new PassThrough(), ended.signal);
    ended.abort();
    await expect(reading).rejects.toThrow(/abort/);
  });
});
