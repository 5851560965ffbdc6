/** An agent that is replaced in place: no program notices. Real processes, a real execve, and another version beside this one. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../packages/agent/package.json' with { type: 'json' };
import { LoneAgent } from '../support/agent.ts';
import { eventsOf, listener } from '../support/listener.ts';
import { isAlive } from '../support/proc.ts';
import { bin } from '../support/program.ts';
import { call, processInfo, served, typeTo } from '../support/rpc.ts';
import { until } from '../support/until.ts';
import { anotherVersion, replacedBy, upgrade } from '../support/versions.ts';
import { root } from '../tidy/source-tree.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('SKIPPED: going back as another user can only be tested as root\n');

const numbers = `${process.execPath} ${join(root, 'test/programs/numbers.mjs')} 0 1`;
const program = (name: string, command: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=${command}\nstartsecs=0\n${options.join('\n')}\n\n`;

/** Waits until the listener has been told that of `web`. */
const told = (agent: LoneAgent, event: string) =>
  until(`ears has heard ${event}`, () =>
    eventsOf(agent, 'ears').some(
      ({ header, payload }) => header.includes(`eventname:${event} `) && payload.includes('processname:web '),
    ),
  );

describe.concurrent('an agent that is replaced', () => {
  it('leaves every program as it is: pid, uptime, stdin, logs, and exit codes', async () => {
    await using agent = await LoneAgent.start(
      served +
        program('numbers', numbers, 'stdout_logfile=%(here)s/numbers.log') +
        program('cat', 'cat', 'stdout_logfile=%(here)s/cat.log') +
        program(
          'ends',
          'sh -c "while [ ! -e go ]; do sleep 0.02; done; echo last words; exit 7"',
          'autorestart=false',
        ) +
        program('held', 'sleep 1000'),
    );
    const next = anotherVersion(agent, '9.9.9');
    const names = ['numbers', 'cat', 'ends'];
    for (const name of names)
      await until(`${name} runs`, async () => (await processInfo(agent, name)).statename === 'RUNNING');
    const before = await Promise.all(names.map((name) => processInfo(agent, name)));
    await call(agent, 'supervisor.stopProcess', 'held');
    await until('it writes', () => agent.read('numbers.log').length > 100);

    // Clients ask without a pause, all the while.
    let isOver = false;
    const refusals: unknown[] = [];
    const asking = (async () => {
      while (!isOver) await call(agent, 'supervisor.getState').catch((error: unknown) => refusals.push(error));
    })();
    const ended = await upgrade(agent, next);
    isOver = true;
    await asking;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(
      /^fleet-agent 9\.9\.9 has passed its selfcheck\n\S+ -> 9\.9\.9 in \d+ ms; 3 programs run on\n$/,
    );
    expect(refusals).toEqual([]);
    await agent.says(replacedBy('9.9.9'));

    const after = await Promise.all(names.map((name) => processInfo(agent, name)));
    expect(after.map(({ pid, start, statename }) => ({ pid, start, statename }))).toEqual(
      before.map(({ pid, start, statename }) => ({ pid, start, statename })),
    );
    expect(await processInfo(agent, 'held')).toMatchObject({ statename: 'STOPPED' });
    await typeTo(agent, 'cat', 'still there\n');
    await until('cat has read it', () => agent.read('cat.log') === 'still there\n');
    agent.write('go', '');
    await agent.says(/^exited: ends \(exit status 7; not expected\)$/);
    expect(String(await call(agent, 'supervisor.readProcessStdoutLog', 'ends', 0, 0))).toContain('last words');
    await call(agent, 'supervisor.stopProcess', 'numbers');
    const written = agent.read('numbers.log').trimEnd().split('\n').map(Number);
    expect(written).toEqual(written.map((_, index) => index + 1));
    // A second one, from the version that has taken over.
    expect(await upgrade(agent, anotherVersion(agent, '9.9.10'))).toMatchObject({ code: 0 });
    await agent.says(replacedBy('9.9.10'));
    expect((await processInfo(agent, 'cat')).pid).toBe(before[1]?.pid);
  });

  it('leaves event listeners with what they have in hand, and tells them of nothing that has not happened', async () => {
    await using agent = await LoneAgent.start(
      served + listener('ears', 'PROCESS_STATE,PROCESS_GROUP') + program('web', 'sleep 1000', 'autostart=false'),
    );
    const pid = await agent.pidOf('ears');
    await call(agent, 'supervisor.startProcess', 'web');
    await told(agent, 'PROCESS_STATE_RUNNING');
    const count = eventsOf(agent, 'ears').length;
    expect(await upgrade(agent, anotherVersion(agent, '9.9.9'))).toMatchObject({ code: 0 });
    await call(agent, 'supervisor.stopProcess', 'web');
    await told(agent, 'PROCESS_STATE_STOPPED');
    const since = eventsOf(agent, 'ears').slice(count);
    expect(since.map(({ header }) => /eventname:(\S+)/.exec(header)?.[1])).toEqual([
      'PROCESS_STATE_STOPPING',
      'PROCESS_STATE_STOPPED',
    ]);
    expect(agent.pidsOf('ears')).toEqual([pid]);
    expect(isAlive(pid)).toBe(true);
  });

  it('says so where nobody is there to be replaced', async () => {
    await using agent = new LoneAgent(program('web', 'sleep 1000'));
    const { code, stderr } = await upgrade(agent, bin('fleet-agent'));
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Error: no agent runs on \S+data; /),
    });
  });

  it.skipIf(!isRoot)('goes back as the user whose folder says so, never as root', async () => {
    const launcher = realpathSync(bin('fleet-agent'));
    await using agent = new LoneAgent(program('web', 'sleep 1000'), { daemon: 'user=nobody' });
    agent.write('who', `#!/bin/sh\nid -un >${agent.path('open/who')}\nexec ${launcher} "$@"\n`, 0o755);
    for (const name of ['open', 'data']) mkdirSync(agent.path(name));
    const to = { version: packageJson.version, launcher };
    const from = { version: '0.0.1', launcher: agent.path('who') };
    agent.write('data/upgrade.json', JSON.stringify({ state: 'failed', machineLife: '', from, to }));
    chmodSync(agent.path('open'), 0o777);
    chmodSync(agent.folder, 0o777);
    execFileSync('chown', ['-R', 'nobody', agent.path('data')]);
    agent.launch();
    await agent.says(/^supervisord started with pid/);
    expect(agent.read('open/who')).toBe('nobody\n');
  });
});
