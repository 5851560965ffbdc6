/** The doors of an agent: where they are, whom they let in, and logs that are followed through them. */
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LoneAgent, otherUser } from '../support/agent.ts';
import { type Address, ask, follow, freePort } from '../support/http.ts';
import { isAlive } from '../support/proc.ts';
import { call, served, socketOf, typeTo } from '../support/rpc.ts';
import { until } from '../support/until.ts';

const cat = '[program:cat]\ncommand=cat\nstartsecs=0\nstdout_logfile=cat.log\nstderr_logfile=cat.err\n\n';

const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

async function statusOf(address: Address, headers: Readonly<Record<string, string>>): Promise<number> {
  return (await ask(address, { path: '/ok.html', headers })).status;
}

describe.concurrent('a password', () => {
  it.each([
    { what: 'in clear', password: 'pass:word' },
    { what: 'as a hash', password: '{SHA}25f3b0a420f2e4048baa9d0cdb8addbadcf2624f' },
  ])('$what is asked for, for pages, logs and calls alike', async ({ password }) => {
    const port = await freePort();
    await using agent = await LoneAgent.start(
      `${cat}[inet_http_server]\nport=127.0.0.1:${port}\nusername=ann\npassword=${password}\n`,
    );
    for (const path of ['/', '/RPC2', '/logtail/cat', '/mainlogtail', '/nope']) {
      const { status, headers } = await ask({ port }, { path, method: path === '/RPC2' ? 'POST' : 'GET' });
      expect({ path, status, asks: headers['www-authenticate'] }).toEqual({
        ...{ path, status: 401, asks: 'Basic realm="default"' },
      });
    }
    expect(await statusOf({ port }, basic('ann:pass:word'))).toBe(200);
    for (const pair of ['ann:', 'ann:wrong', 'bob:pass:word', ':', 'ann', `ann:${password}x`, 'ann:pass:word\n']) {
      expect(await statusOf({ port }, basic(pair))).toBe(401);
    }
    for (const value of ['Basic', 'Basic !!!', 'Bearer x', 'Digest a="b"', 'basic', `Basic ${'A'.repeat(10_000)}`]) {
      expect(await statusOf({ port }, { Authorization: value })).toBe(401);
    }
    expect(agent.messages().filter((text) => text.includes('without any HTTP authentication'))).toEqual([]);
  });

  it('that is not set is told in the log; each door has its own', async () => {
    const port = await freePort();
    await using agent = await LoneAgent.start(
      `${served}[inet_http_server:b]\nport=127.0.0.1:${port}\nusername=ann\npassword=word\n`,
    );
    expect(await statusOf(socketOf(agent), {})).toBe(200);
    expect(await statusOf({ port }, {})).toBe(401);
    expect(agent.messages().filter((text) => text.startsWith('Server '))).toEqual([
      "Server 'unix_http_server' running without any HTTP authentication checking",
    ]);
  });
});

describe.concurrent('a socket', () => {
  it('has the mode and the owner that the config names, and goes with the agent', async () => {
    const section = `[unix_http_server:set]\nfile=%(here)s/set.sock\nchmod=0770\nchown=${otherUser}:${process.getgid?.()}\n`;
    await using agent = await LoneAgent.start(served + section);
    const { mode, uid, gid } = statSync(agent.path('set.sock'));
    expect({ mode: mode & 0o777, uid, gid }).toEqual({ mode: 0o770, uid: otherUser, gid: process.getgid?.() });
    expect(statSync(agent.path('agent.sock')).mode & 0o777).toBe(0o700);
    await agent.end();
    for (const name of ['set.sock', 'agent.sock']) expect(() => statSync(agent.path(name))).toThrow('ENOENT');
  });

  it('that an agent left behind when it was killed is removed', async () => {
    await using agent = await LoneAgent.start(served);
    await agent.end('SIGKILL');
    expect(statSync(agent.path('agent.sock')).isSocket()).toBe(true);
    const { stderr } = agent.launch();
    await until('it answers', () => call(agent, 'supervisor.getState'));
    expect(stderr()).toBe(`Unlinking stale socket ${agent.path('agent.sock')}\n`);
  });

  it('that another listens on is left to that one, and nothing is started', async () => {
    await using agent = await LoneAgent.start(served + cat);
    const pid = await agent.pidOf('cat');
    const second = await agent.runToEnd({ args: ['run', '-c', 'supervisord.conf', '--data-dir', 'other'] });
    expect(second.code).toBe(2);
    expect(second.stderr).toContain('Another program is already listening on a port that one of our HTTP servers');
    expect(await call(agent, 'supervisor.getPID')).toBe(agent.pid);
    expect(isAlive(pid)).toBe(true);
    expect(agent.alive()).toHaveLength(2);
  });

  it('of another program is left to that one, also where it is a port, and a file in its place', async () => {
    await using agent = new LoneAgent(served + cat, { files: { taken: 'text' } });
    const server = createServer((connection) => connection.resume().end('hello'));
    await new Promise<void>((resolve) => server.listen(agent.path('agent.sock'), resolve));
    const inUse = await agent.runToEnd();
    expect([inUse.code, inUse.stderr]).toEqual([2, expect.stringContaining('already listening')]);
    await new Promise((resolve) => server.close(resolve));

    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    agent.write('supervisord.conf', `[supervisord]\n[inet_http_server]\nport=127.0.0.1:${port}\n${cat}`);
    const portInUse = await agent.runToEnd();
    expect([portInUse.code, portInUse.stderr]).toEqual([2, expect.stringContaining('already listening')]);
    await new Promise((resolve) => server.close(resolve));

    agent.write('supervisord.conf', `[supervisord]\n[unix_http_server]\nfile=${agent.path('taken')}\n${cat}`);
    const file = await agent.runToEnd();
    expect([file.code, file.stderr]).toEqual([2, expect.stringContaining(`${agent.path('taken')} exists`)]);
    expect(agent.read('taken')).toBe('text');
    expect(agent.pidsOf('cat')).toEqual([]);
  });
});

describe.concurrent('a log that is followed', () => {
  it('begins with its end and goes on, over its rotations, for everybody who follows', async () => {
    await using agent = await LoneAgent.start(
      `${served}[program:cat]\ncommand=cat\nstartsecs=0\nstdout_logfile=cat.log\nstdout_logfile_maxbytes=2KB\nstdout_logfile_backups=3\n`,
    );
    const say = (text: string) => typeTo(agent, 'cat', text);
    await say(`${'x'.repeat(1100)}\nend\n`);
    await until('it is in the log', () => agent.read('cat.log').endsWith('end\n'));
    using one = await follow(socketOf(agent), { path: '/logtail/cat' });
    using other = await follow(socketOf(agent), { path: '/logtail/cat:cat/stdout' });
    expect(one.status).toBe(200);
    expect(one.headers).toMatchObject({ 'content-type': 'text/plain;charset=utf-8', 'transfer-encoding': 'chunked' });
    const begun = `${'x'.repeat(1019)}\nend\n`;
    await until('it has begun', () => one.text() === begun && other.text() === begun);
    const lines = Array.from({ length: 200 }, (_, line) => `line ${line} ${'y'.repeat(40)}\n`);
    for (let at = 0; at < lines.length; at += 20) await say(lines.slice(at, at + 20).join(''));
    const whole = begun + lines.join('');
    await until('all of it has come', () => one.text().length >= whole.length && other.text().length >= whole.length);
    expect(one.text()).toBe(whole);
    expect(other.text()).toBe(whole);
    await until('it has been rotated', () => agent.read('cat.log.3') !== '');
  });

  it('may be that of the daemon, and ends with it', async () => {
    await using agent = await LoneAgent.start(served + cat);
    using main = await follow(socketOf(agent), { path: '/mainlogtail' });
    await until('it has begun', () => main.text().includes('supervisord started with pid'));
    agent.kill('SIGUSR2');
    await until('it goes on', () => main.text().includes('supervisord logreopen'));
    using program = await follow(socketOf(agent), { path: '/logtail/cat/stderr' });
    expect((await agent.end()).code).toBe(0);
    await Promise.all([main.ended, program.ended]);
    expect(main.text()).toContain('received SIGTERM indicating exit request');
  });

  it('that is not there is not found', async () => {
    await using agent = await LoneAgent.start(served + cat);
    for (const path of ['nope', 'cat:*', 'cat:nope', 'cat/nope', '', '../../etc/passwd', '%2e%2e%2fcat']) {
      expect(await ask(socketOf(agent), { path: `/logtail/${path}` })).toMatchObject({ status: 404 });
    }
    expect(await ask(socketOf(agent), { path: '/logtail/cat', method: 'POST', body: '' })).toMatchObject({
      status: 400,
    });
  });
});
