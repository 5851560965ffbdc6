import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { logTo, openRealHost, programSpec } from '../os/testing/real-host.ts';
import { LogFiles } from './log-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-flow-'));
const fifo = join(folder, 'fifo');
execFileSync('mkfifo', [fifo]);
afterAll(() => rmSync(folder, { recursive: true }));

/** Whatever is in the pipe now. */
function readAll(fd: number): number {
  const buffer = Buffer.alloc(1024 ** 2);
  let bytes = 0;
  try {
    for (let count = -1; count !== 0; bytes += count) count = readSync(fd, buffer, 0, buffer.length, null);
  } catch {
    // EAGAIN: empty
  }
  return bytes;
}

describe('a log that is no file', () => {
  it('cannot be opened while nobody reads it, and does not stop us either', () => {
    expect(() => new LogFiles(() => {}).open(fifo, { maxBytes: 0, backups: 0 })).toThrow(/ENXIO/);
  });

  it('is never rotated', () => {
    const log = new LogFiles(() => {}).open('/dev/null', { maxBytes: 1, backups: 1 });
    log.write(Buffer.from('123'));
    log.close();
  });

  it('makes the program wait while its reader is slow, and loses nothing', async () => {
    await using real = openRealHost();
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const run = real.run(programSpec('head -c 1000000 /dev/zero', { stdout: logTo(fifo) }));
    let bytes = 0;
    await vi.waitFor(
      () => {
        bytes += readAll(reader);
        expect(bytes).toBe(1_000_000);
      },
      { interval: 5, timeout: 20_000 },
    );
    expect(await run.exit).toEqual({ kind: 'code', code: 0 });
    expect(real.reports).toEqual([]);
    closeSync(reader);
  });
});
