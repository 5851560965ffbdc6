import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineReader } from './line-reader.ts';

/** A terminal: what is typed comes key by key, and what is shown is kept. */
function terminal(isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: () => {} });
  let shown = '';
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      shown += chunk.toString();
      done();
    },
  });
  const output = Object.assign(stream, { isTTY, columns: 80 });
  const type = (keys: string) => {
    for (const key of keys) input.write(key);
  };
  return { input, output, shown: () => shown, type };
}

let screen: ReturnType<typeof terminal>;
let reader: LineReader;
let interrupts = 0;

function open(isTTY: boolean): void {
  screen = terminal(isTTY);
  interrupts = 0;
  reader = new LineReader(screen.input, screen.output, () => interrupts++);
}

afterEach(() => reader[Symbol.dispose]());

describe('on a terminal', () => {
  beforeEach(() => open(true));

  it('edits lines, and goes on after Ctrl-D', async () => {
    const first = reader.next('> ');
    screen.type('stauts\x7f\x7f\x7ftus\r');
    expect(await first).toBe('status');
    const ended = reader.next('> ');
    screen.type('\x04');
    expect(await ended).toBeUndefined();
    const second = reader.next('> ');
    screen.type('version\r');
    expect(await second).toBe('version');
  });

  it('completes with Tab, and says nothing when that fails', async () => {
    reader.completer = async (line) => [['restart '], line];
    const line = reader.next('> ');
    screen.type('res\t');
    await expect.poll(screen.shown).toContain('tart ');
    reader.completer = () => Promise.reject(new Error('the server is gone'));
    screen.type('a\t\r');
    expect(await line).toBe('restart a');
  });

  it('hands Ctrl-C on, and forgets what was typed so far', async () => {
    void reader.next('> ');
    screen.type('half a li\x03');
    await expect.poll(() => interrupts).toBe(1);
    const line = reader.next('> ');
    screen.type('pid\r');
    expect(await line).toBe('pid');
  });

  it('remembers lines, but no password, and shows none', async () => {
    reader.history = ['older', 'old'];
    const user = reader.next('Username:');
    screen.type('me\r');
    await user;
    const password = reader.nextSecret('Password:');
    screen.type('hunter2\r');
    expect(await password).toBe('hunter2');
    expect(screen.shown()).toContain('Password:');
    expect(screen.shown()).not.toContain('hunter2');
    expect(reader.history).toEqual(['older', 'old', 'me']);
    const again = reader.next('> ');
    screen.type('\x1b[A\x1b[A\r');
    expect(await again).toBe('old');
  });

  it('keeps lines that come before they are wanted', async () => {
    const first = reader.next('> ');
    screen.type('one\rtwo\rthree\r');
    expect([await first, await reader.next('> '), await reader.next('> ')]).toEqual(['one', 'two', 'three']);
  });
});

describe('from a pipe', () => {
  beforeEach(() => open(false));

  it('reads lines to the end, also the last without its end', async () => {
    screen.input.end('one\ntwo');
    expect([await reader.next('> '), await reader.next('> '), await reader.next('> ')]).toEqual([
      'one',
      'two',
      undefined,
    ]);
    expect(await reader.next('> ')).toBeUndefined();
    expect(screen.shown()).toBe('> '.repeat(4));
  });

  it('reads all of many lines, more than may wait at once', async () => {
    const written = Array.from({ length: 5_000 }, (_, at) => `${at}`);
    screen.input.end(written.map((line) => `${line}\n`).join(''));
    const read: (string | undefined)[] = [];
    for (const _ of written) read.push(await reader.next(''));
    expect(read).toEqual(written);
    expect(await reader.next('')).toBeUndefined();
  });
});
