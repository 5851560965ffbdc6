/** FastCGI programs as real processes: what they get, and how long. */
import { chmodSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSpec } from '@fleetvisor/config';
import { describe, expect, it, vi } from 'vitest';
import { ask, unixSocket } from './testing/fcgi.ts';
import { logTo, openRealHost, programSpec, type RealHost } from './testing/real-host.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('SKIPPED: a FastCGI program of another user can only be tested as root\n');

/** Answers everybody who connects to its descriptor 0 with its name. */
const ANSWERER =
  'require("node:net").createServer((socket) => socket.end(process.env.SUPERVISOR_PROCESS_NAME)).listen({ fd: 0 });';

function fcgi(real: RealHost, over: Partial<ProcessSpec> = {}): ProcessSpec {
  const script = join(real.folder, 'answerer.cjs');
  writeFileSync(script, ANSWERER);
  const fcgiSocket = unixSocket(join(real.folder, 'web.sock'));
  const section = { kind: 'fcgi-program', group: 'web', program: 'web', fcgiSocket } as const;
  return programSpec(`${process.execPath} ${script}`, { ...section, stderr: logTo(join(real.folder, 'err')), ...over });
}

const fdOf = (pid: number, fd: number) => readlinkSync(`/proc/${pid}/fd/${fd}`);

describe('a FastCGI program', () => {
  it('listens on descriptor 0, which it shares with its section and with nobody else', async () => {
    await using real = openRealHost();
    const path = join(real.folder, 'web.sock');
    const [one, two] = [real.run(fcgi(real, { name: 'one' })), real.run(fcgi(real, { name: 'two' }))];
    const plain = real.run(programSpec('sleep 1000'));
    expect(fdOf(one.pid, 0)).toMatch(/^socket:/);
    expect(fdOf(two.pid, 0)).toBe(fdOf(one.pid, 0));
    expect([0, 1, 2].map((fd) => fdOf(plain.pid, fd))).not.toContain(fdOf(one.pid, 0));
    expect(['one', 'two']).toContain(await ask(path, 'answer'));

    real.host.signal(one.launch, 'KILL', false);
    await one.exit;
    expect(await ask(path, 'answer')).toBe('two');
    real.host.signal(two.launch, 'KILL', false);
    await two.exit;
    await vi.waitFor(async () => expect(await ask(path, 'answer')).toBe('ECONNREFUSED'));
    expect(real.reports).toEqual([`info: Creating socket unix://${path}`, `info: Closing socket unix://${path}`]);
  });

  it('finds those who connected while it was not there, when one of its section was', async () => {
    await using real = openRealHost();
    const holder = programSpec('sleep 1000', { ...fcgi(real), name: 'holder', command: 'sleep 1000' });
    real.run(holder);
    const answer = ask(join(real.folder, 'web.sock'), 'answer');
    real.run(fcgi(real, { name: 'late' }));
    expect(await answer).toBe('late');
  });

  it('gets a socket that waits when it is asked to accept, and has no stdin of ours', async () => {
    await using real = openRealHost();
    const run = real.run(fcgi(real, { command: 'sleep 1000' }));
    const flags = Number.parseInt(
      /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/${run.pid}/fdinfo/0`, 'utf8'))?.[1] ?? '',
      8,
    );
    expect(flags & 0o4000).toBe(0);
    expect(real.host.writeStdin(run.launch, Buffer.from('x'))).toBe('closed');
  });

  it('has the socket also behind the spawn shell', async () => {
    await using real = openRealHost();
    chmodSync(real.folder, 0o777);
    real.run(fcgi(real, { umask: 0o27, directory: '/', ...(isRoot ? { user: 'nobody' } : {}) }));
    expect(await ask(join(real.folder, 'web.sock'), 'answer')).toBe('prog');
  });

  it('is not started when the socket cannot be had, and gives it back when it is not started', async () => {
    await using real = openRealHost();
    const refused = real.run(fcgi(real, { fcgiSocket: unixSocket('/no/such/folder/s') })).started;
    const spawnError = 'Could not create FastCGI socket unix:///no/such/folder/s: ENOENT (no such file or directory)';
    expect(refused).toEqual({ kind: 'failed', spawnError });
    expect(real.run(fcgi(real, { stdout: logTo('/no/such/folder/log') })).started).toMatchObject({ kind: 'failed' });
    expect(await ask(join(real.folder, 'web.sock'), 'connect')).toBe('ECONNREFUSED');
  });
});
