/** An agent that is replaced goes on with what is in force: neither its files nor its folder are looked at again. */
import { readFileSync, rmdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { ask, freePort } from '../support/http.ts';
import { isAlive, workingDirectory } from '../support/proc.ts';
import { call, processInfo, served } from '../support/rpc.ts';
import { until } from '../support/until.ts';
import { anotherVersion, changeConfigForm, NEXT, replacedBy, upgrade } from '../support/versions.ts';

const program = (name: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=sleep 1000\nstartsecs=0\n${options.join('\n')}\n\n`;

async function replace(agent: LoneAgent, number = NEXT): Promise<void> {
  const launcher = anotherVersion(agent, number);
  expect(await upgrade(agent, launcher)).toMatchObject({ code: 0, stderr: '' });
  await agent.says(replacedBy(number));
}

const openFilesMax = (pid: number) => /^Max open files +(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1];

describe.concurrent('an agent that is replaced', () => {
  it('takes nothing of an edited config file up before it is told to', async () => {
    const port = await freePort();
    const daemon = 'identifier=before\nchildlogdir=%(here)s';
    await using agent = await LoneAgent.start(served + program('web') + program('gone'), { daemon });
    const web = await agent.pidOf('web');
    const limit = openFilesMax(agent.pid);
    agent.write(
      'supervisord.conf',
      `[supervisord]\nidentifier=after\nlogfile=other.log\nminfds=2000\numask=077\n[fleet]\ndata_dir=elsewhere\n` +
        `${served}[inet_http_server]\nport=127.0.0.1:${port}\n\n${program('web', 'stopsignal=INT')}${program('new')}`,
    );
    await replace(agent);
    const names = async () =>
      ((await call(agent, 'supervisor.getAllProcessInfo')) as { name: string }[]).map(({ name }) => name); // by contract
    expect(await names()).toEqual(['gone', 'web']);
    expect(await call(agent, 'supervisor.getIdentification')).toBe('before');
    expect([agent.read('other.log'), openFilesMax(agent.pid)]).toEqual(['', limit]);
    await expect(ask({ port }, { path: '/' })).rejects.toThrow('ECONNREFUSED');
    expect((await processInfo(agent, 'web')).pid).toBe(web);
    expect(agent.messages().filter((text) => text.includes('changes that are not applied'))).toEqual([]);

    // Now it is told to: first the programs, then the rest.
    expect(await call(agent, 'supervisor.reloadConfig')).toEqual([[['new'], ['web'], ['gone']]]);
    expect(await call(agent, 'supervisor.getIdentification')).toBe('after');
    await replace(agent, '9.9.10');
    expect(await names()).toEqual(['gone', 'web']);
    // What was read last is what can be added, over an upgrade too.
    expect(await call(agent, 'supervisor.addProcessGroup', 'new')).toBe(true);
    agent.kill('SIGHUP');
    await until('it has begun anew', () => /supervisord started/.test(agent.read('other.log')));
    expect((await ask({ port }, { path: '/' })).status).toBe(200);
    // What waits for the next start waits on.
    agent.write('version', '');
    expect(await upgrade(agent, anotherVersion(agent, '9.9.11'))).toMatchObject({ code: 0, stderr: '' });
    await until('it is replaced', () => /was replaced by fleet-agent 9\.9\.11/.test(agent.read('other.log')));
    expect((await ask({ port }, { path: '/' })).status).toBe(200);
    expect([openFilesMax(agent.pid), agent.read('elsewhere/agent.pid')]).toEqual([limit, '']);
  });

  it('needs no config file at all', async () => {
    await using agent = await LoneAgent.start(served + program('web'));
    const web = await agent.pidOf('web');
    agent.write('supervisord.conf', '[program:web]\n');
    await replace(agent);
    rmSync(agent.path('supervisord.conf'));
    await replace(agent, '9.9.10');
    expect(await processInfo(agent, 'web')).toMatchObject({ pid: web, statename: 'RUNNING' });
    expect(await call(agent, 'supervisor.reloadConfig')).toMatch(/CANT_REREAD/);
    agent.kill('SIGHUP');
    await agent.says(/^not restarted: the configuration has errors; everything runs on as it was$/);
    expect(isAlive(web)).toBe(true);
  });

  it('reads the files where the new version has another form for what is in force, or refuses because of them', async () => {
    await using agent = await LoneAgent.start(served + program('web'), { daemon: 'identifier=before' });
    const web = await agent.pidOf('web');
    const next = anotherVersion(agent);
    changeConfigForm(next);
    agent.write('supervisord.conf', '[program:web]\n');
    expect(await upgrade(agent, next)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Error: the selfcheck of \S+ failed: Error: supervisord\.conf has \d+ errors/),
    });
    agent.write('supervisord.conf', `[supervisord]\nidentifier=after\n${served}${program('web')}`);
    expect(await upgrade(agent, next)).toMatchObject({ code: 0, stderr: '' });
    await agent.says(replacedBy(NEXT));
    expect(await call(agent, 'supervisor.getIdentification')).toBe('after');
    expect(await processInfo(agent, 'web')).toMatchObject({ pid: web, statename: 'RUNNING' });
  });

  it.each([
    ['in the foreground', 'run'],
    ['in the background', 'supervisord'],
  ])('does not need the folder that it was started in, %s', async (_where, verb) => {
    await using agent = new LoneAgent(served + program('web'), {
      daemon: 'logfile=%(here)s/supervisord.log\npidfile=%(here)s/supervisord.pid\ndirectory=/usr',
    });
    const through = ['sh', '-c', 'mkdir here && cd here && exec "$0" "$@"'];
    const args = [verb, '-c', agent.path('supervisord.conf'), '--data-dir', agent.path('data')];
    if (verb === 'run') agent.launch({ through, args });
    else expect(await agent.runToEnd({ through, args })).toMatchObject({ code: 0 });
    const web = await agent.pidOf('web');
    await until('it answers', () => call(agent, 'supervisor.getState'));
    const pid = Number(await call(agent, 'supervisor.getPID'));
    rmdirSync(agent.path('here'));
    for (const number of [NEXT, '9.9.10']) await replace(agent, number);
    expect(await processInfo(agent, 'web')).toMatchObject({ pid: web, statename: 'RUNNING' });
    expect(await call(agent, 'supervisor.getPID')).toBe(pid);
    expect(workingDirectory(pid)).toBe(verb === 'run' ? `${agent.path('here')} (deleted)` : '/usr');
    process.kill(pid, 'SIGTERM');
    await until('it has ended', () => !isAlive(pid));
    expect(agent.alive()).toEqual([]);
  });

  it('goes on without what it had to do without', async () => {
    const port = await freePort();
    await using agent = await LoneAgent.start(
      `${served}[inet_http_server]\nport=127.0.0.1:${port}\n\n${program('web')}`,
    );
    const web = await agent.pidOf('web');
    await agent.crash();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    try {
      await agent.begin();
      await agent.says(/^going on without a server until a reload: inet_http_server: /);
      await replace(agent);
      await agent.says(/^going on without a server until a reload: inet_http_server: /, 2);
      expect(await processInfo(agent, 'web')).toMatchObject({ pid: web, statename: 'RUNNING' });
    } finally {
      other.close();
    }
  });
});
