/** When an agent alone starts its programs, when again, when no more, and how it ends them. */
import { readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { childrenOf, isAlive, procStat } from '../support/proc.ts';
import { until } from '../support/until.ts';

/** A [program:x] that sleeps. */
const sleeper = (name: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=sleep 1000\n${options.join('\n')}\n\n`;

/** A [program:x] of one line of shell. */
const shell = (name: string, script: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=/bin/sh -c '${script}'\n${options.join('\n')}\n\n`;

const debug = { daemon: 'loglevel=debug' };

function startedNames(agent: LoneAgent): readonly string[] {
  return agent.messages().flatMap((text) => /^spawned: '(.*)' with/.exec(text)?.[1] ?? []);
}

describe.concurrent('starting', () => {
  it('goes by priority, then by name, without those that are not to start by themselves', async () => {
    await using agent = await LoneAgent.start(
      sleeper('late', 'priority=1000') +
        sleeper('b') +
        sleeper('asleep', 'autostart=false', 'priority=1') +
        sleeper('a') +
        sleeper('first', 'priority=2') +
        sleeper('m1', 'priority=5') +
        sleeper('m2', 'priority=1') +
        '[group:middle]\nprograms=m1,m2\npriority=500\n',
    );
    await agent.pidOf('late');
    expect(startedNames(agent)).toEqual(['first', 'm1', 'm2', 'a', 'b', 'late']);
    expect(childrenOf(agent.pid)).toHaveLength(6);
  });

  it('happens again or not as autorestart and exitcodes say', async () => {
    const ends = (name: string, code: number, ...options: readonly string[]) =>
      shell(name, `sleep 0.1; exit ${code}`, 'startsecs=0', 'stopasgroup=true', ...options);
    await using agent = await LoneAgent.start(
      ends('unexpected-bad', 3) +
        ends('unexpected-good', 0) +
        ends('unexpected-listed', 2, 'exitcodes=0,2') +
        ends('always-good', 0, 'autorestart=true') +
        ends('never-bad', 3, 'autorestart=false'),
    );
    await Promise.all([agent.pidOf('unexpected-bad', 3), agent.pidOf('always-good', 3)]);
    await agent.says(/^exited: unexpected-bad \(exit status 3; not expected\)$/);
    await agent.says(/^exited: unexpected-good \(exit status 0; expected\)$/);
    await agent.says(/^exited: unexpected-listed \(exit status 2; expected\)$/);
    await agent.says(/^exited: never-bad \(exit status 3; not expected\)$/);
    await agent.end();
    for (const name of ['unexpected-good', 'unexpected-listed', 'never-bad']) {
      expect(agent.pidsOf(name)).toHaveLength(1);
    }
  });

  it('goes on for ever where a program dies at once and is to come back, and harms nobody else', async () => {
    await using agent = await LoneAgent.start(
      shell('hot', 'exit 1', 'startsecs=0', 'autorestart=true') + sleeper('calm'),
    );
    await agent.pidOf('hot', 50);
    await agent.says(/^success: calm entered RUNNING state/);
    expect((await agent.end()).code).toBe(0);
    expect(agent.pidsOf('calm')).toHaveLength(1);
    expect(agent.messages().filter((text) => text.startsWith('exited: hot')).length).toBeGreaterThanOrEqual(50);
  });

  it('is tried startretries times more before a program is given up', async () => {
    await using agent = await LoneAgent.start(
      shell('hopeless', 'exit 7', 'startretries=1') +
        '[program:missing]\ncommand=/no/such/program\nstartretries=0\n\n' +
        '[program:script]\ncommand=%(here)s/no-shebang\nstartretries=0\n\n' +
        '[program:nowhere]\ncommand=sleep 1000\ndirectory=/no/such/folder\nstartretries=0\nredirect_stderr=true\nstdout_logfile=nowhere.log\n\n' +
        sleeper('healthy'),
      { files: { 'no-shebang': 'echo never\n' } },
    );
    for (const name of ['hopeless', 'missing', 'script', 'nowhere']) {
      await agent.says(new RegExp(`^gave up: ${name} entered FATAL state, too many start retries too quickly$`));
    }
    expect(agent.pidsOf('hopeless')).toHaveLength(2);
    expect(agent.messages().filter((text) => text.startsWith('exited: hopeless'))).toEqual(
      Array(2).fill('exited: hopeless (exit status 7; not expected)'),
    );
    expect(agent.messages()).toContain("spawnerr: can't find command '/no/such/program'");
    expect(agent.messages().join('\n')).toContain('no-shebang');
    expect(agent.read('nowhere.log')).toBe(
      "supervisor: couldn't chdir to /no/such/folder: ENOENT\nsupervisor: child process was not spawned\n",
    );
    expect(childrenOf(agent.pid)).toEqual(agent.pidsOf('healthy'));
  });
});

describe.concurrent('an agent without programs', () => {
  it('stays, alone, until it is told to end', async () => {
    await using agent = await LoneAgent.start('');
    // Once it has acted on a signal the event loop has gone round: nothing else is left that could keep it.
    agent.kill('SIGUSR2');
    await agent.says(/^supervisord logreopen$/);
    agent.write('supervisord.conf', `[supervisord]\n\n${sleeper('late')}`);
    agent.kill('SIGHUP');
    await agent.pidOf('late');
    expect((await agent.end()).code).toBe(0);
  });
});

describe.concurrent('stopping', () => {
  it('sends the signal a program asks for', async () => {
    await using agent = await LoneAgent.start(
      shell(
        'asks',
        'trap "echo got USR1; exit 0" USR1; echo ready; while :; do read -r x; done',
        'stopsignal=USR1',
        'stdout_logfile=asks.log',
      ),
    );
    await until('its trap is set', () => agent.read('asks.log') === 'ready\n');
    await agent.end();
    expect(agent.read('asks.log')).toBe('ready\ngot USR1\n');
    expect(agent.messages().at(-1)).toBe('stopped: asks (exit status 0)');
  });

  it('kills what does not obey within stopwaitsecs, once, and the group with it where killasgroup says so', async () => {
    const deaf = 'trap "" TERM; sleep 1000 & echo ready; while :; do wait; done';
    await using agent = await LoneAgent.start(
      shell('deaf', deaf, 'stopwaitsecs=1', 'killasgroup=true', 'stdout_logfile=deaf.log'),
      debug,
    );
    await until('it is deaf', () => agent.read('deaf.log') === 'ready\n');
    const pid = await agent.pidOf('deaf');
    const [grandchild = 0] = await until('its child runs', () => childrenOf(pid).length === 1 && childrenOf(pid));
    expect(procStat(grandchild)?.pgrp).toBe(pid);
    expect((await agent.end()).code).toBe(0);
    expect(agent.messages()).toContain('waiting for deaf to die');
    expect(agent.messages().filter((text) => /^(killing|stopped:)/.test(text))).toEqual([
      `killing deaf (pid ${pid}) with signal SIGTERM`,
      `killing 'deaf' (${pid}) with SIGKILL`,
      `killing deaf (pid ${pid}) process group with signal SIGKILL`,
      'stopped: deaf (terminated by SIGKILL)',
    ]);
    expect(agent.alive()).toEqual([]);
  });

  it('reaches the whole group with stopasgroup, and in the end also those of it who are deaf', async () => {
    await using agent = await LoneAgent.start(
      shell('obeying', 'sleep 1000 & sleep 1000 & wait', 'stopasgroup=true') +
        shell(
          'leaving',
          '(trap "" TERM; echo deaf; while :; do sleep 0.1; done) & wait',
          'stopasgroup=true',
          'stopwaitsecs=1',
          'stdout_logfile=leaving.log',
        ),
    );
    const obeying = await agent.pidOf('obeying');
    const leaving = await agent.pidOf('leaving');
    await until('both have children', () => childrenOf(obeying).length === 2 && childrenOf(leaving).length === 1);
    await until('one is deaf', () => agent.read('leaving.log') === 'deaf\n');
    expect((await agent.end()).code).toBe(0);
    expect(agent.messages()).toContain('stopped: obeying (terminated by SIGTERM)');
    expect(agent.messages()).toContain('stopped: leaving (terminated by SIGTERM)');
    expect(agent.alive()).toEqual([]);
  });

  it('reaches the program alone without stopasgroup', async () => {
    await using agent = await LoneAgent.start(shell('parent', 'sleep 1000 & wait'));
    const parent = await agent.pidOf('parent');
    const [child = 0] = await until('it has a child', () => childrenOf(parent).length === 1 && childrenOf(parent));
    await agent.end();
    expect(isAlive(parent)).toBe(false);
    expect(agent.alive()).toEqual([child]); // as with Supervisor: the file asks for no more
    process.kill(child, 'SIGKILL');
    await until('it is gone', () => !isAlive(child));
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)(
    'goes group by group from the highest priority down on %s, each waiting for the one before',
    async (signal) => {
      const slow = 'trap "sleep 0.3; exit 0" TERM; echo ready; while :; do read -r x; done';
      await using agent = await LoneAgent.start(
        sleeper('first', 'priority=1') +
          shell('middle', slow, 'priority=5', 'stdout_logfile=middle.log') +
          sleeper('last', 'priority=9'),
        debug,
      );
      await until('its trap is set', () => agent.read('middle.log') === 'ready\n');
      expect((await agent.end(signal)).code).toBe(0);
      expect(agent.messages()).toContain(`received ${signal} indicating exit request`);
      const story = agent.messages().filter((text) => /^(killing|stopped:)/.test(text));
      expect(story.map((text) => text.replace(/ \(pid \d+\)/, ''))).toEqual([
        'killing last with signal SIGTERM',
        'stopped: last (terminated by SIGTERM)',
        'killing middle with signal SIGTERM',
        'stopped: middle (exit status 0)',
        'killing first with signal SIGTERM',
        'stopped: first (terminated by SIGTERM)',
      ]);
      expect(agent.alive()).toEqual([]);
    },
  );

  it('is not disturbed by further signals, and starts nothing any more', async () => {
    const slow = 'trap "echo asked; sleep 0.5; exit 1" TERM; echo ready; while :; do read -r x; done';
    await using agent = await LoneAgent.start(
      shell('slow', slow, 'priority=9', 'autorestart=true', 'stdout_logfile=slow.log') +
        sleeper('victim', 'priority=1', 'autorestart=true', 'startsecs=0'),
    );
    await until('its trap is set', () => agent.read('slow.log') === 'ready\n');
    agent.kill('SIGTERM');
    await until('it is asked to stop', () => agent.read('slow.log').includes('asked'));
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const) agent.kill(signal);
    process.kill(await agent.pidOf('victim'), 'SIGKILL');
    expect((await agent.end()).code).toBe(0);
    expect(agent.messages()).toContain('ignored SIGHUP indicating restart request (shutdown in progress)');
    expect(startedNames(agent).toSorted()).toEqual(['slow', 'victim']);
    expect(agent.read('slow.log')).toBe('ready\nasked\n');
    expect(agent.alive()).toEqual([]);
  });

  it('leaves nobody behind, however early it is asked for', async () => {
    await using agent = new LoneAgent(
      '[program:many]\ncommand=sleep 1000\nprocess_name=many-%(process_num)d\nnumprocs=40\n',
    );
    agent.launch();
    await until('the first of many runs', () => childrenOf(agent.pid).length > 0);
    await agent.end();
    await until('no helper is left either', () => agent.alive().length === 0);
  });
});

describe.concurrent('an agent after one that was killed', () => {
  it('goes on stopping what was being stopped, also where the file has it no more', async () => {
    await using agent = await LoneAgent.start(sleeper('stays', 'stopsignal=CONT\nstopwaitsecs=1'));
    const left = await agent.pidOf('stays');
    agent.kill('SIGTERM');
    await agent.says(/^waiting for stays to die$/);
    await agent.crash();
    agent.write('supervisord.conf', `[supervisord]\n\n${sleeper('other')}`);
    agent.launch();
    await agent.pidOf('other');
    await until('it is gone', () => !isAlive(left));
    await agent.says(/^stopped: stays /);
  });

  it('says which processes belong to no program, where what the agent before had written down is lost', async () => {
    await using agent = await LoneAgent.start(sleeper('stays'));
    const left = await agent.pidOf('stays');
    await agent.crash();
    for (const file of readdirSync(agent.path('data')))
      if (file.startsWith('agent.db')) rmSync(agent.path(`data/${file}`));
    agent.write('supervisord.conf', `[supervisord]\n\n${sleeper('other')}`);
    agent.launch();
    await agent.says(new RegExp(`^processes of an earlier agent still run .*: stays \\(pid ${left}\\)\\.`));
    process.kill(left, 'SIGKILL');
  });
});

describe.concurrent('SIGHUP', () => {
  const three = (seconds: number) =>
    `[supervisord]\n\n${sleeper('one')}[program:two]\ncommand=sleep ${seconds}\n\n[program:new]\ncommand=cat\n`;

  it('restarts the programs from the file as it is now, and the agent goes on', async () => {
    await using agent = await LoneAgent.start(sleeper('one') + sleeper('two') + sleeper('gone'));
    const before = [await agent.pidOf('one'), await agent.pidOf('two'), await agent.pidOf('gone')];
    agent.write('supervisord.conf', three(2000));
    agent.kill('SIGHUP');
    const after = [await agent.pidOf('one', 2), await agent.pidOf('two', 2), await agent.pidOf('new')];
    await until('the old ones are gone', () => before.every((pid) => !isAlive(pid)));
    expect(new Set(childrenOf(agent.pid))).toEqual(new Set(after));
    expect(agent.messages()).toContain('received SIGHUP indicating restart request');
    expect(agent.pidsOf('gone')).toHaveLength(1);
  });

  it('starts nothing before all has stopped, in the order of a shutdown', async () => {
    const slow = 'trap "sleep 0.3; exit 0" TERM; echo ready; while :; do read -r x; done';
    await using agent = await LoneAgent.start(
      sleeper('first', 'priority=1') +
        shell('middle', slow, 'priority=5', 'stdout_logfile=middle.log') +
        sleeper('last', 'priority=9'),
    );
    await until('its trap is set', () => agent.read('middle.log') === 'ready\n');
    agent.kill('SIGHUP');
    await agent.pidOf('last', 2);
    const story = agent.messages().flatMap((text) => /^(stopped: \w+|spawned: '\w+')/.exec(text)?.[0] ?? []);
    const spawned = ["spawned: 'first'", "spawned: 'middle'", "spawned: 'last'"];
    expect(story).toEqual([...spawned, 'stopped: last', 'stopped: middle', 'stopped: first', ...spawned]);
  });

  it('refuses a broken file, says what is wrong with it, and lets all programs run on', async () => {
    await using agent = await LoneAgent.start(sleeper('one') + sleeper('two'));
    const before = new Set([await agent.pidOf('one'), await agent.pidOf('two')]);
    agent.write('supervisord.conf', `${three(2000)}startsecs=soon\nautostart=perhaps\n`);
    agent.kill('SIGHUP');
    await agent.says(/^supervisord.conf:12: \[program:new\] startsecs: .*'soon'/);
    await agent.says(/^supervisord.conf:13: \[program:new\] autostart: .*'perhaps'/);
    await agent.says(/^not restarted: the configuration has errors; everything runs on as it was$/);
    expect(new Set(childrenOf(agent.pid))).toEqual(before);
    agent.write('supervisord.conf', three(2000));
    agent.kill('SIGHUP');
    await agent.pidOf('new');
  });
});
