/** What is between an agent and its programs when it is replaced: bytes on their way, messages half written, sockets, groups. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { exchange } from '../support/http.ts';
import { eventsOf, listener } from '../support/listener.ts';
import { isAlive, openFiles } from '../support/proc.ts';
import { call, served, typeTo } from '../support/rpc.ts';
import { until } from '../support/until.ts';
import { anotherVersion, NEXT, replacedBy, upgrade } from '../support/versions.ts';
import { root } from '../tidy/source-tree.ts';

const node = (program: string) => `${process.execPath} ${join(root, 'test/programs', program)}`;
const program = (name: string, command: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=${command}\nstartsecs=0\nautorestart=false\n${options.join('\n')}\n\n`;
const shell = (name: string, script: string, ...options: readonly string[]) =>
  program(name, `/bin/sh -c '${script}'`, `stdout_logfile=%(here)s/${name}.log`, 'stderr_logfile=NONE', ...options);

/** A mount namespace with a /dev of its own, where a system log can be put. */
const ownDev = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'mount -t tmpfs tmpfs /dev && mkdir /dev/shm && mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/urandom c 1 9 && exec "$0" "$@"',
];
const mayMount = spawnSync(ownDev[0] ?? '', [...ownDev.slice(1), 'true']).status === 0;
if (!mayMount) process.stderr.write('SKIPPED: a system log of our own needs a mount namespace, and so root\n');

async function replace(agent: LoneAgent): Promise<void> {
  expect(await upgrade(agent, anotherVersion(agent))).toMatchObject({ code: 0, stderr: '' });
  await agent.says(replacedBy(NEXT));
}

describe.concurrent('an agent that is replaced', () => {
  it('writes to a program what still waits for its stdin, every byte and in order', async () => {
    await using agent = await LoneAgent.start(
      served + shell('slow', 'head -c 100000; while [ ! -e go ]; do sleep 0.02; done; exec cat'),
    );
    // More than the pipe holds, in pieces of which one is half written and others wait behind it.
    const pieces = Array.from({ length: 6 }, (_, piece) =>
      Array.from({ length: 10_000 }, (_, line) => `${piece}-${line}\n`).join(''),
    );
    for (const piece of pieces) await typeTo(agent, 'slow', piece);
    await until('it has read some of it', () => agent.read('slow.log').length === 100_000);
    await replace(agent);
    await typeTo(agent, 'slow', 'and this came later\n');
    expect(agent.read('slow.log').length).toBe(100_000);
    agent.write('go', '');
    await until('it has read all', () => agent.read('slow.log').endsWith('later\n'));
    expect(agent.read('slow.log')).toBe(`${pieces.join('')}and this came later\n`);
  });

  it('goes on in the middle of a message between tags, and of a tag', async () => {
    const pieces = ['out<!--XSUPERVISOR:BEGIN-->first ha', 'lf<!--XSUPERV', 'ISOR:END-->side<!--XSUPER', 'mistaken'];
    const [first, second, third, last] = pieces.map((piece) => `printf "${piece}"; read x`);
    await using agent = await LoneAgent.start(
      served +
        listener('ears', 'PROCESS_COMMUNICATION') +
        shell('talk', `${first}; ${second}; ${third}; ${last}`, 'stdout_capture_maxbytes=1MB'),
    );
    await until('it has begun', () => agent.read('talk.log') === 'out');
    await replace(agent);
    await typeTo(agent, 'talk', '\n');
    // In the middle of the tag that ends it.
    expect(await upgrade(agent, anotherVersion(agent, '9.9.10'))).toMatchObject({ code: 0 });
    await agent.says(replacedBy('9.9.10'));
    expect(eventsOf(agent, 'ears')).toEqual([]);
    await typeTo(agent, 'talk', '\n');
    const [event] = await until('it is told', () => eventsOf(agent, 'ears').length === 1 && eventsOf(agent, 'ears'));
    expect(event?.payload.split('\n').slice(1)).toEqual(['first half']);
    // In the middle of what turns out to be no tag.
    expect(await upgrade(agent, anotherVersion(agent, '9.9.11'))).toMatchObject({ code: 0 });
    await typeTo(agent, 'talk', '\n');
    await until('all is out', () => agent.read('talk.log') === 'outside<!--XSUPERmistaken');
    expect(eventsOf(agent, 'ears')).toHaveLength(1);
  });

  it.skipIf(!mayMount)('goes on in the middle of a line for the system log', async () => {
    await using agent = new LoneAgent(
      served +
        program('log', node('syslog.mjs'), 'stdout_logfile=%(here)s/heard.log') +
        shell('talk', 'printf "whole\\nha"; read x; echo lf; exec cat', 'stdout_syslog=true', 'autostart=false'),
    );
    agent.launch({ through: ownDev });
    await until('the system log is there', () => agent.read('heard.log') === 'listening\n');
    await call(agent, 'supervisor.startProcess', 'talk');
    await until('the first line is there', () => agent.read('heard.log') === 'listening\ntalk whole\n');
    await replace(agent);
    await typeTo(agent, 'talk', '\n');
    await until('the line is there', () => agent.read('heard.log') === 'listening\ntalk whole\ntalk half\n');
  });

  it('goes on waiting for what is left of a process group whose leader has obeyed', async () => {
    const left = 'trap "" TERM; echo $$ >left.pid; while :; do sleep 0.1; done';
    await using agent = await LoneAgent.start(
      served +
        program(
          'web',
          `/bin/sh -c '(exec /bin/sh -c "$0") & while :; do sleep 0.1; done' '${left}'`,
          'stopasgroup=true',
          'killasgroup=true',
          'stopwaitsecs=600',
        ),
    );
    const straggler = await until('it has left somebody', () => Number(agent.read('left.pid')) || undefined);
    await call(agent, 'supervisor.stopProcess', 'web');
    await replace(agent);
    expect(isAlive(straggler)).toBe(true);
    agent.kill('SIGTERM');
    await agent.says(/^waiting for what is left of the process groups of web to die$/);
    process.kill(straggler, 'SIGKILL');
    expect((await agent.end()).code).toBe(0);
  });

  it('keeps the socket of a FastCGI program: nobody who connects is refused, and the next run gets the same', async () => {
    await using agent = await LoneAgent.start(
      `${served}[fcgi-program:web]\ncommand=${node('fcgi.mjs')}\nsocket=unix://%(here)s/web.sock\nstartsecs=0\nautorestart=true\n`,
    );
    const address = { socketPath: agent.path('web.sock') };
    const answers = async () => Number(await exchange(address, ''));
    const pid = await agent.pidOf('web');
    await until('it answers', answers);
    const socket = openFiles(pid)['0'];
    process.kill(pid, 'SIGSTOP');
    const waiting = answers(); // comes while it is stopped, over the upgrade
    await replace(agent);
    process.kill(pid, 'SIGCONT');
    expect(await waiting).toBe(pid);
    process.kill(pid, 'SIGSTOP');
    const next = answers();
    process.kill(pid, 'SIGKILL');
    const successor = await agent.pidOf('web', 2);
    expect(await next).toBe(successor);
    expect(openFiles(successor)['0']).toBe(socket);
    // The last who has it closes it, though it was opened by another version.
    await call(agent, 'supervisor.stopProcess', 'web');
    expect(agent.messages().filter((text) => text.startsWith('Closing socket'))).toHaveLength(2);
    await expect(answers()).rejects.toThrow('ECONNREFUSED');
  });
});
