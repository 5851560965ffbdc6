import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ProcessSpec } from '@fleetvisor/config';
import { describe, expect, it, vi } from 'vitest';
import { inheritableDescriptors } from './inherited-descriptors.ts';
import { readProcStat } from './proc-stat.ts';
import { logTo, openRealHost, programSpec, type RealHost } from './testing/real-host.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('SKIPPED: what a program of another user inherits can only be tested as root\n');

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** A shell program with both logs in the host's folder. */
function shell(real: RealHost, script: string, over: Parameters<typeof programSpec>[1] = {}) {
  const logs = { stdout: logTo(join(real.folder, 'out')), stderr: logTo(join(real.folder, 'err')) };
  return programSpec(`/bin/sh -c '${script}'`, { ...logs, ...over });
}

describe('output', () => {
  it('goes to the logs unchanged, and the last of stderr is kept', async () => {
    await using real = openRealHost();
    const run = real.run(shell(real, 'echo out; printf "no end of line" >&2; exit 3'));
    expect(await run.exit).toEqual({ kind: 'code', code: 3 });
    expect([real.read('out'), real.read('err')]).toEqual(['out\n', 'no end of line']);
    expect(text(real.host.lastOutput(run.launch))).toBe('no end of line');
  });

  it('can be opened by name', async () => {
    await using real = openRealHost();
    await real.run(shell(real, 'echo x > /dev/stdout; echo y > /dev/stderr; echo z > /proc/self/fd/1')).exit;
    expect([real.read('out'), real.read('err')]).toEqual(['x\nz\n', 'y\n']);
  });

  it('goes to one log in order with redirect_stderr', async () => {
    await using real = openRealHost();
    const run = real.run(shell(real, 'echo 1; echo 2 >&2; echo 3 > /dev/stderr', { redirectStderr: true }));
    await run.exit;
    expect([real.read('out'), real.read('err')]).toEqual(['1\n2\n3\n', '']);
    expect(text(real.host.lastOutput(run.launch))).toBe('1\n2\n3\n');
  });

  it('keeps the last 4 KiB where there is no log', async () => {
    await using real = openRealHost();
    const run = real.run(programSpec(`/bin/sh -c 'i=0; while [ $i -lt 2000 ]; do echo line $i >&2; i=$((i+1)); done'`));
    await run.exit;
    const last = text(real.host.lastOutput(run.launch));
    expect(last).toHaveLength(4096);
    expect(last).toMatch(/line 1998\nline 1999\n$/);
  });

  it('loses its escape sequences when asked to', async () => {
    await using real = openRealHost({ stripAnsi: true });
    await real.run(shell(real, 'printf "\\033[31mred\\033[0m\\n"')).exit;
    expect(real.read('out')).toBe('red\n');
  });

  it('is in the log to the last byte when the exit is told, 200 times', async () => {
    await using real = openRealHost();
    for (let i = 0; i < 200; i++) {
      const run = real.run(shell(real, `head -c 5000 /dev/zero; echo last ${i}; kill -9 $$`));
      await run.exit;
      expect(real.read('out').endsWith(`last ${i}\n`)).toBe(true);
    }
    expect(real.read('out')).toHaveLength(
      Array.from({ length: 200 }, (_, i) => 5000 + `last ${i}\n`.length).reduce((a, b) => a + b),
    );
  });

  it('of a grandchild that holds the pipe does not delay the exit, and is collected for a while', async () => {
    await using real = openRealHost();
    const fifo = join(real.folder, 'go');
    const script = `mkfifo ${fifo}; (read line < ${fifo}; echo from the grandchild) & echo mine; exit 7`;
    const run = real.run(shell(real, script));
    expect(await run.exit).toEqual({ kind: 'code', code: 7 });
    expect(real.read('out')).toBe('mine\n');
    writeFileSync(fifo, 'go\n');
    await vi.waitFor(() => expect(real.read('out')).toBe('mine\nfrom the grandchild\n'));
  });

  it('leaves neither pipes nor descriptors behind', async () => {
    await using real = openRealHost();
    const open = () => readdirSync('/proc/self/fd').length;
    await real.run(shell(real, 'echo first')).exit;
    const before = open();
    for (let i = 0; i < 20; i++) await real.run(shell(real, 'echo more')).exit;
    await vi.waitFor(() => expect(open()).toBe(before));
    expect(readdirSync(real.pipeFolder).filter((name) => !name.startsWith('spare'))).toEqual([]);
  });
});

describe('the child', () => {
  const surroundings: readonly (readonly [string, Partial<ProcessSpec>])[] = [
    ['plain', {}],
    ['behind the spawn shell', { umask: 0o27 }],
    ...(isRoot ? [['of another user', { user: 'nobody', directory: '/', umask: 0o27 }] as const] : []),
  ];
  it.each(surroundings)('has the three pipes and nothing else of ours: %s', async (_, over) => {
    await using real = openRealHost();
    await using server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    using _database = new DatabaseSync(join(real.folder, 'agent.db'));
    const ours = openSync('/dev/null', 'r');
    real.run(shell(real, 'echo open logs; exec sleep 1000', { name: 'other' }));
    const run = real.run(programSpec('sleep 1000', over));
    await vi.waitFor(() => expect(readProcStat(run.pid)?.comm).toBe('sleep'));
    // The loader opens libraries for a moment.
    const fds = () => readdirSync(`/proc/${run.pid}/fd`).map(Number);
    await vi.waitFor(() => expect(fds().filter((fd) => fd > 2)).toEqual(inheritableDescriptors()));
    for (const fd of [0, 1, 2]) expect(readlinkSync(`/proc/${run.pid}/fd/${fd}`)).toContain(real.pipeFolder);
    closeSync(ours);
  });

  it('sees an open stdin that never ends, and what is written to it', async () => {
    await using real = openRealHost();
    const run = real.run(programSpec('cat', { stdout: logTo(join(real.folder, 'out')) }));
    expect(real.host.writeStdin(run.launch, Buffer.from('hello\n'))).toBe('taken');
    await vi.waitFor(() => expect(real.read('out')).toBe('hello\n'));
    expect(readProcStat(run.pid)?.comm).toBe('cat');
    expect(readProcStat(run.pid)?.state).toBe('S');
  });

  it('gets all that is written to its stdin, in order, however much at once', async () => {
    await using real = openRealHost();
    const run = real.run(programSpec('cat', { stdout: logTo(join(real.folder, 'out')) }));
    const chunks = Array.from({ length: 12 }, (_, i) => String.fromCharCode(97 + i).repeat(60_000));
    const outcomes = chunks.map((chunk) => real.host.writeStdin(run.launch, Buffer.from(chunk)));
    expect(new Set(outcomes)).toEqual(new Set(['taken']));
    await vi.waitFor(() => expect(real.read('out')).toHaveLength(12 * 60_000));
    expect(real.host.writeStdin(run.launch, Buffer.from('the end'))).toBe('taken');
    await vi.waitFor(() => expect(real.read('out')).toBe(`${chunks.join('')}the end`));
  });

  it('has a stdin that ends with the agent', async () => {
    await using real = openRealHost();
    const ended = join(real.folder, 'ended');
    real.run(shell(real, `cat; echo yes > ${ended}`));
    await real.host[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(real.read('ended')).toBe('yes\n'));
  });

  it('takes no stdin when it has closed it', async () => {
    await using real = openRealHost();
    const run = real.run(shell(real, 'exec <&-; echo closed; exec sleep 1000'));
    await vi.waitFor(() => expect(real.read('out')).toBe('closed\n'));
    expect(real.host.writeStdin(run.launch, Buffer.from('x'))).toBe('closed');
  });

  it('takes a bounded amount of stdin that it does not read', async () => {
    await using real = openRealHost();
    const run = real.run(programSpec('sleep 1000'));
    const outcomes = Array.from({ length: 30 }, () => real.host.writeStdin(run.launch, Buffer.alloc(60_000)));
    expect([outcomes[0], outcomes.at(-1)]).toEqual(['taken', 'full']);
  });

  it('gets a chunk of any length where nothing waits', async () => {
    await using real = openRealHost();
    const run = real.run(programSpec('cat', { stdout: logTo(join(real.folder, 'out')) }));
    const chunk = Buffer.alloc(3 * 1024 ** 2, 'x');
    expect(real.host.writeStdin(run.launch, chunk)).toBe('taken');
    expect(real.host.writeStdin(run.launch, chunk)).toBe('full');
    await vi.waitFor(() => expect(real.read('out')).toHaveLength(chunk.length));
  });

  it('leads a session and process group of its own, with signals as new', async () => {
    await using real = openRealHost();
    const run = real.run(programSpec('sleep 1000'));
    expect(readProcStat(run.pid)).toMatchObject({ pgrp: run.pid, session: run.pid });
    expect(readFileSync(`/proc/${run.pid}/status`, 'utf8')).toMatch(/SigIgn:\s0{16}/);
  });

  it('has its environment and its name as written', async () => {
    await using real = openRealHost({ serverUrl: 'unix:///run/x.sock' });
    const run = real.run(programSpec('sleep 1000', { name: 'a_00', group: 'a', environment: { MINE: 'a,b' } }));
    const environment = readFileSync(`/proc/${run.pid}/environ`, 'utf8').split('\0');
    expect(environment).toEqual(
      expect.arrayContaining([
        'MINE=a,b',
        'SUPERVISOR_ENABLED=1',
        'SUPERVISOR_PROCESS_NAME=a_00',
        'SUPERVISOR_GROUP_NAME=a',
        'SUPERVISOR_SERVER_URL=unix:///run/x.sock',
      ]),
    );
    expect(readFileSync(`/proc/${run.pid}/cmdline`, 'utf8')).toBe('sleep\x001000\0');
  });

  it('starts in its folder with its umask', async () => {
    await using real = openRealHost();
    await real.run(shell(real, 'pwd; umask', { directory: '/usr', umask: 0o27 })).exit;
    expect(real.read('out')).toBe('/usr\n0027\n');
  });
});

describe('a program that', () => {
  it('closes its output runs on, and its end is told', async () => {
    await using real = openRealHost();
    const run = real.run(shell(real, 'echo last; exec >&- 2>&-; read line; exit 4'));
    await vi.waitFor(() => expect(real.read('out')).toBe('last\n'));
    const streams = () => readdirSync(`/proc/${run.pid}/fd`).filter((fd) => Number(fd) <= 2);
    await vi.waitFor(() => expect(streams()).toEqual(['0']));
    real.host.writeStdin(run.launch, Buffer.from('go on\n'));
    expect(await run.exit).toEqual({ kind: 'code', code: 4 });
  });

  it('ignores a signal lives until one that it cannot ignore', async () => {
    await using real = openRealHost();
    const run = real.run(shell(real, 'trap "" TERM; echo up; while :; do read line; echo $line; done'));
    await vi.waitFor(() => expect(real.read('out')).toBe('up\n'));
    real.host.signal(run.launch, 'TERM', true);
    real.host.writeStdin(run.launch, Buffer.from('alive\n'));
    await vi.waitFor(() => expect(real.read('out')).toBe('up\nalive\n'));
    real.host.signal(run.launch, 'KILL', true);
    expect(await run.exit).toMatchObject({ kind: 'signal', number: 9 });
  });
});

describe('a start that fails', () => {
  it('says so in the words of Supervisor before any child is made', async () => {
    await using real = openRealHost();
    const spawnError = "can't find command 'no-such-tool'";
    expect(real.host.lookUp(programSpec('no-such-tool'))).toEqual({ kind: 'noFile', spawnError });
    expect(real.run(programSpec('no-such-tool')).started).toEqual({ kind: 'failed', spawnError });
    expect(real.host.lookUp(programSpec('cat'))).toBeUndefined();
  });

  it('names the log that cannot be opened, and leaves nothing open', async () => {
    await using real = openRealHost();
    const spec = programSpec('cat', { stderr: logTo(join(real.folder, 'no', 'such', 'folder')) });
    const before = readdirSync('/proc/self/fd').length;
    expect(real.run(spec).started).toEqual({
      kind: 'failed',
      spawnError: "unknown error making dispatchers for 'prog': ENOENT",
    });
    expect(readdirSync('/proc/self/fd')).toHaveLength(before);
  });

  it.each([
    ['a folder that is not there', { directory: '/no/such' }, "couldn't chdir to /no/such: ENOENT"],
    ['a folder that is none', { directory: '/etc/passwd' }, "couldn't chdir to /etc/passwd: ENOTDIR"],
    ['a user that is nobody', { user: 'no-such-user' }, "couldn't setuid to no-such-user: Can't find uid no-such-user"],
  ])('is a run that ends with 127: %s', async (_, over, complaint) => {
    await using real = openRealHost();
    expect(await real.run(shell(real, 'echo never', over)).exit).toEqual({ kind: 'code', code: 127 });
    expect(real.read('err')).toBe(`supervisor: ${complaint}\nsupervisor: child process was not spawned\n`);
  });

  it('does not give a script without an interpreter to the shell', async () => {
    await using real = openRealHost();
    const path = join(real.folder, 'script');
    writeFileSync(path, 'echo never\n', { mode: 0o755 });
    const run = real.run(programSpec(path, { stderr: logTo(join(real.folder, 'err')) }));
    expect(await run.exit).toEqual({ kind: 'code', code: 127 });
    expect(real.read('err')).toContain(`supervisor: couldn't exec ${path}: ENOEXEC\n`);
  });
});

describe('signals', () => {
  it('end a program, and its exit tells by which', async () => {
    await using real = openRealHost();
    const run = real.run(programSpec('sleep 1000'));
    expect(real.host.signal(run.launch, 'TERM', false)).toEqual({ kind: 'sent' });
    expect(await run.exit).toEqual({ kind: 'signal', signal: 'SIGTERM', number: 15, coreDumped: false });
    expect(real.host.signal(run.launch, 'TERM', false)).toEqual({ kind: 'gone' });
    expect(real.host.signal(run.launch, 'TERM', true)).toEqual({ kind: 'gone' });
  });

  it('reach the whole process group, also when its leader is dead', async () => {
    await using real = openRealHost();
    const run = real.run(shell(real, 'sleep 1000 & echo $!; sleep 1000 & echo $!; wait'));
    await vi.waitFor(() => expect(real.read('out').split('\n')).toHaveLength(3));
    const grandchildren = real.read('out').trim().split('\n').map(Number);
    real.host.signal(run.launch, 'KILL', false);
    await run.exit;
    expect(grandchildren.map((pid) => readProcStat(pid)?.comm)).toEqual(['sleep', 'sleep']);
    expect(real.host.signal(run.launch, '0', true)).toEqual({ kind: 'gone' });
    expect(real.host.signalGroup(run.pid, '0')).toEqual({ kind: 'sent' });
    expect(real.host.signalGroup(run.pid, 'KILL')).toEqual({ kind: 'sent' });
    // Whoever adopted them reaps them in its own time: until then they are zombies.
    const states = () => grandchildren.map((pid) => readProcStat(pid)?.state ?? 'Z');
    await vi.waitFor(() => expect(states()).toEqual(['Z', 'Z']));
  });

  it('reach no group whose number a process has', async () => {
    await using real = openRealHost();
    const run = real.run(programSpec('sleep 1000'));
    // There is a process of that number: the group is no straggling one.
    expect(real.host.signalGroup(run.pid, 'KILL')).toEqual({ kind: 'gone' });
    real.host.signal(run.launch, 'TERM', true);
    expect(await run.exit).toMatchObject({ signal: 'SIGTERM' });
  });

  it('of a run that never was reach nobody', async () => {
    await using real = openRealHost();
    const { launch } = real.run(programSpec('no-such-tool'));
    expect(real.host.signal(launch, 'TERM', false)).toEqual({ kind: 'gone' });
    expect(real.host.lastOutput(launch)).toHaveLength(0);
  });
});

describe('many', () => {
  it('300 starts in a burst all run, and all ends are told', async () => {
    await using real = openRealHost();
    const runs = Array.from({ length: 300 }, (_, i) => real.run(programSpec('sleep 1000', { name: `p${i}` })));
    expect(new Set(runs.map((run) => run.pid)).size).toBe(300);
    for (const run of runs) real.host.signal(run.launch, 'KILL', false);
    const exits = await Promise.all(runs.map((run) => run.exit));
    expect(exits.every((exit) => exit.kind === 'signal' && exit.number === 9)).toBe(true);
  });

  it('restarts in a hot loop keep one log, without a byte lost', async () => {
    await using real = openRealHost();
    for (let i = 0; i < 100; i++) await real.run(shell(real, 'echo crash >&2; exit 1')).exit;
    expect(real.read('err')).toBe('crash\n'.repeat(100));
  });
});

it('closing leaves programs running, with pipes that an agent can find again', async () => {
  await using real = openRealHost();
  const run = real.run(shell(real, 'trap "" PIPE; while sleep 0.01; do echo alive; done'));
  await vi.waitFor(() => expect(real.read('out')).toContain('alive'));
  await real.host[Symbol.asyncDispose]();
  const [pipe] = readdirSync(real.pipeFolder).filter((name) => name.includes('.stdout.'));
  expect(existsSync(join(real.pipeFolder, pipe ?? ''))).toBe(true);
  expect(readProcStat(run.pid)?.comm).toBe('sh');
});
