/** An agent that is killed while somebody breaks its config file: its programs must not be without a supervisor for that. */
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { TestFleet } from '../support/fleet.ts';
import { freePort } from '../support/http.ts';
import { environmentOf, isAlive } from '../support/proc.ts';
import { call, processInfo, served } from '../support/rpc.ts';
import { until } from '../support/until.ts';

const sleeper = (name: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=sleep 1000\nstartsecs=0\n${options.join('\n')}\n\n`;
const pidNow = async (agent: LoneAgent, name: string) => Number((await processInfo(agent, name)).pid);

describe.concurrent('programs of an agent that is killed while its config file is broken', () => {
  const main = (sections: string) => `[supervisord]\n${served}${sections}`;

  it('are supervised on with what was in force, said loudly; the mended file is taken up as ever', async () => {
    await using agent = await LoneAgent.start(served + sleeper('web', 'environment=KEY="secret"'));
    const pid = await agent.pidOf('web');
    // What was read and not applied is what `add` knows, also afterwards.
    agent.write('supervisord.conf', main(sleeper('web', 'environment=KEY="secret"') + sleeper('later')));
    expect(await call(agent, 'supervisor.reloadConfig')).toEqual([[['later'], [], []]]);
    expect(statSync(agent.path('data/agent.db')).mode & 0o777).toBe(0o600);
    await agent.crash();
    const broken = main(`${sleeper('web')}[program:bad]\nstartsecs=soon\n`);
    agent.write('supervisord.conf', broken);
    const second = await agent.begin();
    expect(await pidNow(agent, 'web')).toBe(pid);
    await agent.says(/^supervisord\.conf:\d+: \[program:bad\] startsecs: invalid literal/);
    await agent.says(/^programs of an agent that was killed run on: going on with the configuration that was in force/);
    expect(second.stderr()).toMatch(
      /^Error: supervisord\.conf has 2 errors\n.*\n.*startsecs.*\nWarning: programs of an /,
    );

    process.kill(pid, 'SIGKILL');
    const again = await agent.pidOf('web', 2);
    expect(environmentOf(again).KEY).toBe('secret');
    expect(await call(agent, 'supervisor.reloadConfig')).toMatch(/^FAULT 92 CANT_REREAD/);
    expect(await call(agent, 'supervisor.addProcessGroup', 'later')).toBe(true);
    await agent.crash();
    await agent.begin(); // what goes on may be killed as well
    expect(await pidNow(agent, 'web')).toBe(again);

    agent.write('supervisord.conf', main(sleeper('web', 'environment=KEY="other"') + sleeper('new')));
    expect(await call(agent, 'supervisor.reloadConfig')).toEqual([[['new'], ['web'], ['later']]]);
    agent.kill('SIGHUP');
    expect(environmentOf(await agent.pidOf('web', 3)).KEY).toBe('other');
    await agent.pidOf('new');
  });

  it.each<[string, (agent: LoneAgent) => void]>([
    ['is gone', () => {}],
    ['is a folder', (agent) => agent.write('supervisord.conf/inside', '')],
    ['is no INI', (agent) => agent.write('supervisord.conf', 'not a section\n')],
  ])('are supervised on where it %s; flags lie over it, and after an orderly end it is refused', async (_, spoil) => {
    await using agent = await LoneAgent.start(served + sleeper('web'));
    const pid = await agent.pidOf('web');
    await agent.crash();
    rmSync(agent.path('supervisord.conf'));
    spoil(agent);
    const flags = ['-l', 'other.log'];
    agent.launch({ args: ['run', '-c', 'supervisord.conf', '--data-dir', 'data', ...flags] });
    await until('it has started', () => agent.read('other.log').includes('supervisord started'));
    expect(await pidNow(agent, 'web')).toBe(pid);
    // It has them: whoever comes now is refused as ever.
    expect(await agent.runToEnd()).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Error: (?!.*Warning:)/s) });
    await agent.end();
    expect(isAlive(pid)).toBe(false);
    expect(await agent.runToEnd()).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Error: (?!.*Warning:)/s) });
  });

  it('are found where the broken file itself says where the data are', async () => {
    const fleet = '[fleet]\ndata_dir=%(here)s/elsewhere\n\n';
    await using agent = new LoneAgent(served + fleet + sleeper('web'));
    const args = ['run', '-c', 'supervisord.conf'];
    agent.launch({ args });
    const pid = await agent.pidOf('web');
    await until('it is written down', () => agent.written('web', 'elsewhere').includes('"RUNNING"'));
    await agent.crash();
    agent.write('supervisord.conf', main(`${fleet}${sleeper('web')}[program:bad]\n`));
    agent.launch({ args });
    await agent.says(/^supervisord started/, 2);
    expect(await pidNow(agent, 'web')).toBe(pid);
  });

  it('are told of in the fleet', async () => {
    await using fleet = await TestFleet.start([{ name: 'h1', conf: sleeper('web') }]);
    const pid = await fleet.pidOf('h1/web:web');
    await fleet.end('h1', 'SIGKILL');
    fleet.writeConf('h1', '[program:web]\n');
    fleet.restartAgent({ name: 'h1' });
    await until('the mistake is known', async () =>
      /its own config files: rejected \(.*\[program:web\] command/.test((await fleet.ctl('events')).stdout),
    );
    expect(await fleet.pidOf('h1/web:web')).toBe(pid);
  });

  it('are supervised on where a port is taken by then, and the log cannot be written', async () => {
    const port = await freePort();
    await using agent = await LoneAgent.start(
      `${served}[inet_http_server]\nport=127.0.0.1:${port}\n\n${sleeper('web')}`,
    );
    const pid = await agent.pidOf('web');
    await agent.crash();
    await using squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    rmSync(agent.path('supervisord.log'));
    agent.write('supervisord.log/inside', '');
    const second = agent.launch();
    await until('it has started', () => second.stdout().includes('supervisord started with pid'));
    expect(second.stderr()).toMatch(/^Warning: cannot write the log .*going on without it/);
    expect(second.stdout()).toMatch(/CRIT going on without a server until a reload: inet_http_server: Another program/);
    expect(await pidNow(agent, 'web')).toBe(pid);
    // Without them it is as ever.
    await agent.end();
    expect(await agent.runToEnd()).toMatchObject({
      code: expect.any(Number),
      stderr: expect.stringMatching(/^Error: /),
    });
  });
});
