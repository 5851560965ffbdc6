import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@fleetvisor/primitives';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { logTo, openRealHost, programSpec } from '../os/testing/real-host.ts';
import { LogFiles } from './log-files.ts';
import { createMainLog } from './main-log.ts';

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

  it('gets what it could not take before with the next line of the main log', () => {
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = new LogFiles(() => {}).open(fifo, { maxBytes: 0, backups: 0 });
    const log = createMainLog({ clock: new VirtualClock(), level: 'info', file });
    for (let i = 0; i < 3; i++) log.log('info', 'x'.repeat(50_000));
    let bytes = readAll(reader);
    expect(bytes).toBeLessThan(100_000);
    for (let i = 0; i < 3; i++) {
      log.log('info', 'y');
      bytes += readAll(reader);
    }
    expect(bytes).toBe(3 * 50_030 + 3 * 31);
    for (const close of [() => file.close(), () => closeSync(reader)]) close();
  });

  it('can be the stdout of this process, also where that is a socket', () => {
    // Under systemd; Node gives its children sockets, too.
    const program = `
      const { LogFiles } = await import(process.argv[1]);
      const log = new LogFiles(() => {}).open('/dev/stdout', { maxBytes: 1, backups: 1 });
      log.write(Buffer.from('through the socket'));
      log.close();
      console.log(', and it is still open');`;
    const args = ['--input-type=module', '-e', program, '--', new URL('./log-files.ts', import.meta.url).pathname];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: 'through the socket, and it is still open\n', stderr: '' });
  });
});
