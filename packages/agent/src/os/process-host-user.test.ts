/** Programs of another user: needs root, and says so where it is not. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logTo, openRealHost, programSpec, type RealHost } from './testing/real-host.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('SKIPPED: programs of another user can only be tested as root\n');

function asNobody(real: RealHost, script: string, over: Parameters<typeof programSpec>[1] = {}) {
  const logs = { stdout: logTo(join(real.folder, 'out')), stderr: logTo(join(real.folder, 'err')) };
  return programSpec(`/bin/sh -c '${script}'`, { ...logs, user: 'nobody', ...over });
}

if (!isRoot) process.stderr.write('SKIPPED: programs of another user: only root may start them\n');
describe.skipIf(!isRoot)('a program of another user', () => {
  it('can open its own output by name', async () => {
    await using real = openRealHost();
    await real.run(asNobody(real, 'echo x > /dev/stdout; echo y > /dev/stderr; id -un')).exit;
    expect([real.read('out'), real.read('err')]).toEqual(['x\nnobody\n', 'y\n']);
  });

  it('has the ids and the supplementary groups that the system gives that user', async () => {
    await using real = openRealHost();
    await real.run(asNobody(real, 'exec cat /proc/self/status', { name: 'status' })).exit;
    const groups = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .filter(([, , gid, members]) => gid === '65534' || members?.split(',').includes('nobody'))
      .map(([, , gid]) => Number(gid));
    const status = real.read('out');
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    expect(status).toMatch(/^Gid:\t65534\t65534\t65534\t65534$/m);
    expect(/^Groups:\t(.*)$/m.exec(status)?.[1]?.trim().split(' ').map(Number)).toEqual(groups);
  });

  it('keeps the environment of the daemon, its words as written and the pid it was told', async () => {
    await using real = openRealHost();
    const run = real.run(asNobody(real, 'echo $$ $HOME; cat /proc/$$/cmdline', { directory: '/', umask: 0o77 }));
    const { pid } = run;
    await run.exit;
    expect(real.read('out').startsWith(`${pid} ${process.env.HOME}\n/bin/sh\0-c\0`)).toBe(true);
  });

  it('enters its folder with its own rights', async () => {
    await using real = openRealHost();
    const secret = join(real.folder, 'secret');
    mkdirSync(secret, { mode: 0o700 });
    chmodSync(real.folder, 0o755);
    expect(await real.run(asNobody(real, 'pwd', { directory: secret })).exit).toEqual({ kind: 'code', code: 127 });
    const complaint = `supervisor: couldn't chdir to ${secret}: EACCES\nsupervisor: child process was not spawned\n`;
    expect(real.read('err')).toBe(complaint);
  });

  it('executes nothing that only the daemon may execute', async () => {
    await using real = openRealHost();
    chmodSync(real.folder, 0o755);
    const file = join(real.folder, 'root-only');
    writeFileSync(file, '#!/bin/sh\necho done\n', { mode: 0o700 });
    const logs = { stdout: logTo(join(real.folder, 'out')), stderr: logTo(join(real.folder, 'err')) };
    const run = real.run(programSpec(file, { ...logs, user: 'nobody' }));
    expect(await run.exit).toEqual({ kind: 'code', code: 127 });
    const complaint = `supervisor: couldn't exec ${file}: EACCES\nsupervisor: child process was not spawned\n`;
    expect([real.read('out'), real.read('err')]).toEqual(['', complaint]);
  });

  it('has folder and umask', async () => {
    await using real = openRealHost();
    await real.run(asNobody(real, 'pwd; umask', { directory: '/usr', umask: 0o7 })).exit;
    expect(real.read('out')).toBe('/usr\n0007\n');
  });
});
