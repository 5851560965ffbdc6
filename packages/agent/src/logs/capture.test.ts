import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Capture } from './capture.ts';
import { ReadPacer } from './read-pacer.ts';
import type { StreamSink } from './stream-sink.ts';

/** A pipe that is read into a text, and a clock that stands still: what rests stays at rest. */
function captured({ isAwaited }: { readonly isAwaited: boolean }) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-capture-'));
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const fd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const program = openSync(fifo, 'w');
  const clock = new VirtualClock();
  const seen = { text: '', isBlocked: false, ends: 0 };
  const sink: StreamSink = {
    write: (chunk) => (seen.text += Buffer.from(chunk).toString()),
    get isBlocked() {
      return seen.isBlocked;
    },
    flush: () => {},
    close: () => {},
  };
  const capture = new Capture(fd, sink, { pacer: new ReadPacer(clock), isAwaited, onEnd: () => seen.ends++ });
  onTestFinished(() => {
    capture.close();
    closeSync(program);
    rmSync(folder, { recursive: true });
  });
  const write = (text: string) => writeSync(program, text);
  return { capture, clock, seen, write };
}

describe('a capture', () => {
  it('lets a slow pipe rest, and takes what came meanwhile at the tick', async () => {
    const { clock, seen, write } = captured({ isAwaited: false });
    write('one ');
    await vi.waitFor(() => expect(seen.text).toBe('one '));
    write('two ');
    await new Promise(setImmediate);
    expect(seen.text).toBe('one ');
    clock.advance(10);
    await vi.waitFor(() => expect(seen.text).toBe('one two '));
  });

  it('takes what rests in the pipe when somebody is about to look', async () => {
    const { capture, clock, seen, write } = captured({ isAwaited: false });
    write('one ');
    await vi.waitFor(() => expect(seen.text).toBe('one '));
    write('two ');
    capture.collect();
    expect(seen.text).toBe('one two ');
    capture.collect(); // an empty pipe
    clock.advance(10);
    write('three');
    await vi.waitFor(() => expect(seen.text).toBe('one two three'));
  });

  it('leaves in the pipe what the log cannot take', async () => {
    const { capture, clock, seen, write } = captured({ isAwaited: false });
    write('one ');
    await vi.waitFor(() => expect(seen.text).toBe('one '));
    seen.isBlocked = true;
    write('two');
    capture.collect();
    expect(seen.text).toBe('one ');
    seen.isBlocked = false;
    clock.advance(10);
    await vi.waitFor(() => expect(seen.text).toBe('one two'));
  });

  it('reads at once, and without a timer, where the program waits for an answer', async () => {
    const { clock, seen, write } = captured({ isAwaited: true });
    for (const word of ['one ', 'two ', 'three']) {
      write(word);
      await vi.waitFor(() => expect(seen.text.endsWith(word)).toBe(true));
      expect(clock.armed).toBe(0);
    }
    expect(seen.text).toBe('one two three');
  });

  it('collects nothing any more once it is closed', () => {
    const { capture, seen, write } = captured({ isAwaited: true });
    write('late');
    capture.close();
    capture.collect();
    expect(seen).toMatchObject({ text: '', ends: 1 });
  });
});
