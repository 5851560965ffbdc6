/** FastCGI programs of an agent: the socket it opens for them, who may have it, and how long it is there. */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LoneAgent, otherUser } from '../support/agent.ts';
import { type Address, exchange, freePort } from '../support/http.ts';
import { isAlive, openFiles } from '../support/proc.ts';
import { call, served } from '../support/rpc.ts';
import { until } from '../support/until.ts';
import { root } from '../tidy/source-tree.ts';

/** An `[fcgi-program:x]` that answers every connection with its pid. */
function fcgi(name: string, socket: string, ...options: readonly string[]): string {
  const command = `${process.execPath} ${join(root, 'test/programs/fcgi.mjs')}`;
  return `[fcgi-program:${name}]\ncommand=${command}\nsocket=${socket}\nstartsecs=0\n${options.join('\n')}\n\n`;
}

/** The pid of whoever answers. */
const answers = async (address: Address) => Number(await exchange(address, ''));

const creations = (agent: LoneAgent) => agent.messages().filter((text) => /^(Creating|Closing) socket/.test(text));

describe.concurrent('the socket of a FastCGI program', () => {
  it('is its descriptor 0, made with the mode and the owner that the config names', async () => {
    await using agent = await LoneAgent.start(
      fcgi('set', 'unix://%(here)s/set.sock', 'socket_mode=0660', `socket_owner=${otherUser}:${process.getgid?.()}`) +
        fcgi('plain', 'unix://%(here)s/plain.sock', 'stdout_logfile=plain.log') +
        fcgi('theirs', 'unix://%(here)s/theirs.sock', `user=${otherUser}`),
    );
    for (const name of ['set', 'plain', 'theirs']) {
      const pid = await agent.pidOf(name);
      expect(await answers({ socketPath: agent.path(`${name}.sock`) })).toBe(pid);
      expect(openFiles(pid)['0']).toMatch(/^socket:/);
    }
    const facts = (name: string) => {
      const { mode, uid, gid } = statSync(agent.path(`${name}.sock`));
      return { mode: mode & 0o777, uid, gid };
    };
    const ours = { uid: process.getuid?.(), gid: process.getgid?.() };
    expect(facts('set')).toEqual({ mode: 0o660, uid: otherUser, gid: process.getgid?.() });
    expect(facts('plain')).toEqual({ mode: 0o700, ...ours });
    expect(facts('theirs')).toMatchObject({ mode: 0o700, uid: otherUser });
    await until('stdout is a log as ever', () => agent.read('plain.log') === 'accepting\n');
  });

  it('is one for all processes of the program, and stays while one of them lives', async () => {
    const port = await freePort();
    await using agent = await LoneAgent.start(
      served + fcgi('web', `tcp://127.0.0.1:${port}`, 'process_name=%(process_num)d', 'numprocs=2', 'autorestart=true'),
    );
    const [first, second] = [await agent.pidOf('0'), await agent.pidOf('1')];
    expect(openFiles(first)['0']).toBe(openFiles(second)['0']);
    await until('it answers', () => answers({ port }));
    process.kill(second, 'SIGSTOP');
    process.kill(first, 'SIGKILL');
    const waiting = answers({ port }); // nobody accepts for now, and nobody is turned away
    const third = await agent.pidOf('0', 2);
    expect(await waiting).toBe(third);
    expect(openFiles(third)['0']).toBe(openFiles(second)['0']);
    const url = `socket tcp://127.0.0.1:${port}`;
    const probed = [`Creating ${url}`, `Closing ${url}`, `Creating ${url}`];
    expect(creations(agent)).toEqual(probed);

    process.kill(second, 'SIGCONT');
    await call(agent, 'supervisor.stopProcessGroup', 'web');
    expect(creations(agent)).toEqual([...probed, `Closing ${url}`]);
    await expect(answers({ port })).rejects.toThrow('ECONNREFUSED');
    await call(agent, 'supervisor.startProcess', 'web:1');
    expect(await answers({ port })).toBe(await agent.pidOf('1', 2));
  });

  it('is there too where the program is in a group, one for each program', async () => {
    await using agent = await LoneAgent.start(
      `${fcgi('a', 'unix://%(here)s/a.sock', 'process_name=%(program_name)s%(process_num)d', 'numprocs=2')}${fcgi('b', 'unix://%(here)s/b.sock')}[group:both]\nprograms=a,b\n`,
    );
    const a = [await agent.pidOf('a0'), await agent.pidOf('a1')];
    const b = await agent.pidOf('b');
    expect(a).toContain(await answers({ socketPath: agent.path('a.sock') }));
    expect(await answers({ socketPath: agent.path('b.sock') })).toBe(b);
    expect(openFiles(a[0] ?? 0)['0']).toBe(openFiles(a[1] ?? 0)['0']);
  });

  it('takes the place of stdin, which cannot be written to', async () => {
    await using agent = await LoneAgent.start(served + fcgi('web', 'unix://%(here)s/web.sock'));
    await agent.pidOf('web');
    expect(await call(agent, 'supervisor.sendProcessStdin', 'web', 'x')).toBe('FAULT 20 NO_FILE: web');
  });

  it('that cannot be made is told before anything starts', async () => {
    await using agent = new LoneAgent(`[program:cat]\ncommand=cat\n\n${fcgi('web', 'unix://%(here)s/none/web.sock')}`);
    const ended = await agent.runToEnd();
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(`Could not create FastCGI socket unix://${agent.path('none/web.sock')}: ENOENT`);
    expect(agent.pidsOf('cat')).toEqual([]);
  });

  it('leaves its file when the agent ends, and takes it over at the next start', async () => {
    await using agent = await LoneAgent.start(fcgi('web', 'unix://%(here)s/web.sock'));
    const first = await agent.pidOf('web');
    await agent.end();
    expect(isAlive(first)).toBe(false);
    expect(statSync(agent.path('web.sock')).isSocket()).toBe(true);
    agent.launch();
    const second = await agent.pidOf('web', 2);
    expect(await answers({ socketPath: agent.path('web.sock') })).toBe(second);
  });

  it('that cannot be made any more is the trouble of that program alone', async () => {
    await using agent = new LoneAgent(
      served + fcgi('web', 'unix://%(here)s/folder/web.sock', 'autostart=false', 'startretries=0'),
    );
    mkdirSync(agent.path('folder'));
    agent.launch();
    await agent.says(/^supervisord started with pid/);
    rmSync(agent.path('folder'), { recursive: true });
    expect(await call(agent, 'supervisor.startProcess', 'web')).toBe('FAULT 50 SPAWN_ERROR: web');
    await agent.says(/^gave up: web entered FATAL state/);
    mkdirSync(agent.path('folder'));
    expect(await call(agent, 'supervisor.startProcess', 'web')).toBe(true);
    expect(await answers({ socketPath: agent.path('folder/web.sock') })).toBe(await agent.pidOf('web'));
  });
});
