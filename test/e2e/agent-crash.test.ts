/** An agent that is killed: its programs run on, and the next one goes on with them. Real processes, real SIGKILL. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { type Address, exchange, freePort } from '../support/http.ts';
import { eventsOf, heard, listener } from '../support/listener.ts';
import { isAlive } from '../support/proc.ts';
import { call, processInfo, served } from '../support/rpc.ts';
import { until } from '../support/until.ts';
import { root } from '../tidy/source-tree.ts';

const sleeper = (name: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=sleep 1000\nstartsecs=0\n${options.join('\n')}\n\n`;

const script = (name: string, text: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=sh -c "${text}"\nstartsecs=0\n${options.join('\n')}\n\n`;

const state = async (agent: LoneAgent, name: string) => (await processInfo(agent, name)).statename;
const untilState = (agent: LoneAgent, name: string, wanted: string) =>
  until(`${name} is ${wanted}`, async () => (await state(agent, name)) === wanted);
const pidNow = async (agent: LoneAgent, name: string) => Number((await processInfo(agent, name)).pid);

describe.concurrent('programs of an agent that is killed', () => {
  it('run on as they are, and are the next one’s: status, signals, stop, restart', async () => {
    await using agent = await LoneAgent.start(
      served + sleeper('plain') + sleeper('group', 'stopasgroup=true', 'numprocs=2', 'process_name=p%(process_num)d'),
    );
    const names = ['plain', 'group:p0', 'group:p1'];
    const pids = await Promise.all(['plain', 'p0', 'p1'].map((name) => agent.pidOf(name)));
    const before = await processInfo(agent, 'plain');
    await agent.crash();
    expect(pids.every(isAlive)).toBe(true);
    await agent.begin();
    expect(await Promise.all(names.map((name) => pidNow(agent, name)))).toEqual(pids);
    await agent.says(
      /^fleet-agent \S+ ended without stopping its programs: 3 programs run on and are supervised again$/,
    );
    expect(await processInfo(agent, 'plain')).toMatchObject({ start: before.start, stop: 0, exitstatus: 0 });
    expect(agent.pidsOf('plain')).toHaveLength(1);

    // It ends like any other, and is started again at once.
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await agent.says(/^exited: plain \(unknown termination cause; not expected\)$/);
    const second = await agent.pidOf('plain', 2);
    expect(await call(agent, 'supervisor.stopProcess', 'group:p1')).toBe(true);
    expect(isAlive(pids[2] ?? 0)).toBe(false);
    expect(await call(agent, 'supervisor.startProcess', 'group:p1')).toBe(true);
    await untilState(agent, 'group:p1', 'RUNNING');
    expect(await pidNow(agent, 'plain')).toBe(second);
  });

  it('lose no byte of their logs, which go on in the same files', async () => {
    const numbers = `${process.execPath} ${join(root, 'test/programs/numbers.mjs')} 0 1`;
    await using agent = await LoneAgent.start(
      `${served}[program:auto]\ncommand=${numbers}\nstartsecs=0\n\n` +
        `[program:named]\ncommand=${numbers}\nstartsecs=0\nstdout_logfile=%(here)s/named.log\nredirect_stderr=true\n`,
    );
    const auto = String((await processInfo(agent, 'auto')).stdout_logfile);
    const read = (path: string) => agent.read(path).trimEnd().split('\n').map(Number);
    await until('it writes', () => read('named.log').length > 50);
    await agent.crash();
    const atCrash = read('named.log').length;
    await agent.begin();
    await until('it writes on', () => read('named.log').length > atCrash + 200);
    expect((await processInfo(agent, 'auto')).stdout_logfile).toBe(auto);
    for (const name of ['auto', 'named']) await call(agent, 'supervisor.stopProcess', name);
    for (const path of ['named.log', auto.slice(agent.folder.length + 1)]) {
      const written = read(path);
      expect(written).toEqual(written.map((_, index) => index + 1));
    }
  });

  it('that end meanwhile are treated by their autorestart, and what they wrote last is said to be lost', async () => {
    const untilTold = (name: string) => `while [ ! -e ${name} ]; do sleep 0.02; done; echo last words`;
    await using agent = await LoneAgent.start(
      served +
        script('again', untilTold('go'), 'autorestart=true') +
        script('once', untilTold('go'), 'autorestart=false') +
        script('early', 'true', 'autorestart=false', 'startsecs=0'),
    );
    await untilState(agent, 'early', 'EXITED');
    const pids = await Promise.all(['again', 'once'].map((name) => agent.pidOf(name)));
    await agent.crash();
    agent.write('go', '');
    await until('both have ended', () => !pids.some(isAlive));
    await agent.begin();
    await untilState(agent, 'once', 'EXITED');
    expect(await processInfo(agent, 'once')).toMatchObject({ spawnerr: 'Bad exit code -1', pid: 0 });
    await agent.pidOf('again', 2);
    for (const name of ['again', 'once']) {
      await agent.says(new RegExp(`^'${name}' ended while no agent lived: what it wrote last may be lost$`));
    }
    // A job that was done is not done a second time.
    expect(await state(agent, 'early')).toBe('EXITED');
    expect([agent.pidsOf('early').length, agent.pidsOf('once').length]).toEqual([1, 1]);
  });

  it('keep their states and deadlines: a stop that waits, retries, and what a person has stopped', async () => {
    await using agent = await LoneAgent.start(
      served +
        script('stubborn', "trap '' TERM; while :; do sleep 1; done", 'stopwaitsecs=2', 'killasgroup=true') +
        sleeper('stopped') +
        script('failing', 'exit 3', 'startsecs=1', 'startretries=100') +
        script('fatal', 'exit 3', 'startsecs=1', 'startretries=0'),
    );
    await untilState(agent, 'fatal', 'FATAL');
    await agent.pidOf('failing', 2);
    await call(agent, 'supervisor.stopProcess', 'stopped');
    const stubborn = await pidNow(agent, 'stubborn');
    await call(agent, 'supervisor.stopProcess', 'stubborn', false);
    await untilState(agent, 'stubborn', 'STOPPING');
    await until('that is written down', () => agent.written('stubborn').includes('"STOPPING"'));
    await agent.crash();
    const attempts = agent.pidsOf('failing').length;
    await agent.begin();
    expect(await state(agent, 'fatal')).toBe('FATAL');
    expect(await state(agent, 'stopped')).toBe('STOPPED');
    await agent.says(/^killing 'stubborn' \(\d+\) with SIGKILL$/);
    await until('it is dead', () => !isAlive(stubborn));
    await untilState(agent, 'stubborn', 'STOPPED');
    await agent.pidOf('failing', attempts + 1);
    expect([agent.pidsOf('stubborn').length, agent.pidsOf('stopped').length]).toEqual([1, 1]);
  });

  it('are what they were, whatever the config file says by then; update takes it up', async () => {
    await using agent = await LoneAgent.start(served + sleeper('kept') + sleeper('gone'));
    const pids = await Promise.all(['kept', 'gone'].map((name) => agent.pidOf(name)));
    await agent.crash();
    agent.write('supervisord.conf', `[supervisord]\n${served}${sleeper('kept', 'environment=A="1"')}${sleeper('new')}`);
    await agent.begin();
    await agent.says(/^the config file has changes that are not applied \(new, kept, gone\): 'update' applies them$/);
    expect(await Promise.all(['kept', 'gone'].map((name) => pidNow(agent, name)))).toEqual(pids);
    expect(await call(agent, 'supervisor.reloadConfig')).toEqual([[['new'], ['kept'], ['gone']]]);
    expect(await call(agent, 'supervisor.stopProcessGroup', 'gone')).toHaveLength(1);
    expect(isAlive(pids[1] ?? 0)).toBe(false);
  });

  it('are not run on with after an orderly end: the next start is a fresh one', async () => {
    await using agent = await LoneAgent.start(served + sleeper('web') + sleeper('stopped'));
    await call(agent, 'supervisor.stopProcess', 'stopped');
    await agent.crash();
    await agent.begin();
    await agent.end();
    await agent.begin();
    await untilState(agent, 'stopped', 'RUNNING');
    expect(agent.pidsOf('web')).toHaveLength(2);
  });

  it('are found again also where an earlier life had pipes of a later run, whose end nobody saw', async () => {
    await using agent = await LoneAgent.start(served + sleeper('web'));
    for (const run of [1, 2]) process.kill(await agent.pidOf('web', run), 'SIGKILL');
    const unseen = await agent.pidOf('web', 3);
    await agent.crash();
    process.kill(unseen, 'SIGKILL');
    await until('it is gone', () => !isAlive(unseen));
    await agent.begin();
    await agent.pidOf('web', 4);
    await agent.end();
    await agent.begin();
    const pid = await agent.pidOf('web', 5);
    await agent.crash();
    await agent.begin();
    expect(await pidNow(agent, 'web')).toBe(pid);
    expect(agent.pidsOf('web')).toHaveLength(5);
  });

  it('are over where they were, whatever they have left running', async () => {
    await using agent = await LoneAgent.start(
      served + script('leaver', 'setsid sleep 1000 & echo $! > left; exit 0', 'autorestart=false'),
    );
    await untilState(agent, 'leaver', 'EXITED');
    await until('that is written down', () => agent.written('leaver').includes('"EXITED"'));
    const left = Number(agent.read('left'));
    await agent.crash();
    await agent.begin();
    expect(await processInfo(agent, 'leaver')).toMatchObject({ statename: 'EXITED', pid: 0, exitstatus: 0 });
    expect(agent.log()).not.toContain('belong to no program');
    process.kill(left, 'SIGKILL');
  });

  it('are started, all of them, where it was killed over stopping them', async () => {
    // It obeys once there is a file `end`.
    const slowly = "trap '[ -e end ] && exit' TERM; while :; do sleep 0.1; done";
    await using agent = await LoneAgent.start(
      served + sleeper('quick') + script('slow', slowly, 'stopwaitsecs=60', 'priority=1', 'stopasgroup=true'),
    );
    const slow = await agent.pidOf('slow');
    await until('its trap is set', () => agent.log().includes('slow entered RUNNING'));
    agent.kill('SIGTERM');
    await agent.says(/^stopped: quick /);
    await agent.crash();
    await agent.begin();
    await agent.pidOf('quick', 2);
    expect(isAlive(slow)).toBe(true); // it is given the time that it has to stop
    // Nor does it stay down where the agent is killed that was about to start it.
    await agent.crash();
    await agent.begin();
    process.kill(-slow, 'SIGKILL');
    await agent.pidOf('slow', 2);
    agent.write('end', '');
  });
});

describe.concurrent('what belongs to programs of an agent that is killed', () => {
  it('is the socket of a FastCGI program: who connects meanwhile is served, and so is who comes after a restart', async () => {
    const port = await freePort();
    const command = `${process.execPath} ${join(root, 'test/programs/fcgi.mjs')}`;
    const section = (name: string, socket: string) =>
      `[fcgi-program:${name}]\ncommand=${command}\nsocket=${socket}\nstartsecs=0\nautorestart=true\n\n`;
    await using agent = await LoneAgent.start(
      served + section('tcp', `tcp://127.0.0.1:${port}`) + section('path', 'unix://%(here)s/fcgi.sock'),
    );
    const doors: Record<string, Address> = { tcp: { port }, path: { socketPath: agent.path('fcgi.sock') } };
    for (const name of Object.keys(doors)) await agent.pidOf(name);
    await agent.crash();
    for (const [name, address] of Object.entries(doors)) {
      const pid = agent.pidsOf(name)[0] ?? 0;
      expect(Number(await exchange(address, ''))).toBe(pid);
    }
    await agent.begin();
    for (const [name, address] of Object.entries(doors)) {
      const pid = agent.pidsOf(name)[0] ?? 0;
      expect(await pidNow(agent, name)).toBe(pid);
      process.kill(pid, 'SIGKILL');
      const second = await agent.pidOf(name, 2);
      expect(Number(await exchange(address, ''))).toBe(second);
    }
  });

  it('is no event listener: nobody knows which event it was at, so it begins anew', async () => {
    await using agent = await LoneAgent.start(
      served + listener('ears', 'PROCESS_STATE_STOPPED', { words: 'hold' }) + sleeper('web'),
    );
    await agent.pidOf('ears');
    await call(agent, 'supervisor.stopProcess', 'web');
    await heard(agent, 'ears', 1); // and it does not answer
    // Else the next agent would find web where it was being stopped, and tell of its end once more.
    await until('the stop is written down', () => agent.written('web').includes('"STOPPED"'));
    await agent.crash();
    await agent.begin();
    await agent.pidOf('ears', 2);
    await untilState(agent, 'ears', 'RUNNING');
    await call(agent, 'supervisor.startProcess', 'web');
    await call(agent, 'supervisor.stopProcess', 'web');
    // Its own end is one of them, where it was not through with that before the agent that came after looked.
    await until('it hears of the second stop', () => {
      const ofWeb = eventsOf(agent, 'ears').filter(({ payload }) => payload.includes('processname:web '));
      return ofWeb.length === 2;
    });
  });
});
