import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { startSupervisor } from './start-supervisor.ts';
import { FakeProcessHost } from './testing/fake-process-host.ts';
import { FakeProcessLogs } from './testing/fake-process-logs.ts';
import { exitCode } from './testing/lives.ts';
import { groupSpec, processSpec } from './testing/specs.ts';
import { superviseFake } from './testing/supervised-world.ts';

const single = (name: string, options: Parameters<typeof processSpec>[1] = {}) =>
  groupSpec(name, { processes: [processSpec(name, options)] });

/** What became of a promise so far. */
async function outcomeSoFar<T>(promise: Promise<T>): Promise<T | 'open'> {
  return Promise.race([promise, new Promise<'open'>((resolve) => setImmediate(() => resolve('open')))]);
}

describe('adding groups', () => {
  it('starts what starts by itself, in the order of the groups and of the lists in them', async () => {
    const { supervisor, host, pass } = superviseFake();
    supervisor.addGroup(
      groupSpec('b', { processes: [processSpec('z', { priority: 9 }), processSpec('y', { priority: 1 })] }),
      'local',
    );
    supervisor.addGroup(single('manual', { autostart: false }), 'local');
    supervisor.addGroup(single('a'), 'fleet');
    expect(host.launches).toEqual([]);
    await pass(0);
    expect(host.launches.map(({ spec }) => spec.name)).toEqual(['z', 'y', 'a']);
  });

  it('starts all of them before the first is RUNNING for want of startsecs', async () => {
    const { supervisor, pass } = superviseFake();
    const told: string[] = [];
    supervisor.subscribe({ transition: ({ name }, { to }) => told.push(`${name} ${to}`) });
    for (const name of ['a', 'b']) supervisor.addGroup(single(name, { startsecs: 0 }), 'local');
    await pass(0);
    expect(told).toEqual(['a STARTING', 'b STARTING', 'a RUNNING', 'b RUNNING']);
  });

  it('refuses a name that is taken, and says by whom', () => {
    const { supervisor } = superviseFake();
    supervisor.addGroup(single('a'), 'local');
    expect(() => supervisor.addGroup(single('a'), 'fleet')).toThrow(
      'cannot add process group a: it is active already, from the local layer',
    );
  });

  it('keeps down what a person had stopped in an earlier life of the agent', async () => {
    const { supervisor, host, pass, status } = superviseFake();
    supervisor.addGroup(single('a'), 'local', { stoppedByHand: () => true });
    await pass(1);
    expect(host.launches).toEqual([]);
    expect(status('a')).toMatchObject({ state: 'STOPPED', stoppedByHand: true, description: 'Not started', run: 0 });
  });

  it('removes only what is stopped, and numbers the runs of a successor on', async () => {
    const { supervisor, pass, status, name, events } = superviseFake();
    supervisor.addGroup(single('a'), 'local');
    await pass(2);
    expect(() => supervisor.removeGroup('a')).toThrow('cannot remove a: it is RUNNING; stop it first');
    const stopped = supervisor.stop(name('a'), { byHand: false });
    await pass(0.1);
    expect(await stopped).toBe('stopped');
    supervisor.removeGroup('a');
    expect(supervisor.status(name('a'))).toBeUndefined();
    supervisor.addGroup(single('a'), 'local');
    await pass(0.1);
    expect(status('a').run).toBe(2);
    expect(events.filter(({ kind }) => kind === 'groupChanged')).toMatchObject([
      { added: true },
      { added: false },
      { added: true },
    ]);
  });
});

describe('status', () => {
  it('tells the whole life of a run', async () => {
    const { supervisor, pass, status, host, clock } = superviseFake();
    const wall = clock.wallTimeUs();
    supervisor.addGroup(single('a', { autorestart: 'never' }), 'fleet');
    expect(status('a')).toMatchObject({ state: 'STOPPED', run: 0, startedAtUs: 0n, layer: 'fleet' });
    await pass(0.5);
    expect(status('a')).toMatchObject({ state: 'STARTING', run: 1, pid: 1000, uptimeUs: 500_000, description: '' });
    await pass(61);
    expect(status('a')).toMatchObject({ state: 'RUNNING', description: 'pid 1000, uptime 0:01:01', startedAtUs: wall });
    host.end(host.child('a'), exitCode(5));
    expect(status('a')).toMatchObject({
      state: 'EXITED',
      pid: 0,
      uptimeUs: 0,
      lastExit: exitCode(5),
      spawnError: 'Bad exit code 5',
      crashCount: 1,
      stoppedAtUs: wall + 61_500_000n,
    });
  });

  it('is sorted by group and name, as Supervisor shows it', () => {
    const { supervisor } = superviseFake();
    supervisor.addGroup(groupSpec('b', { priority: 1, processes: [processSpec('z'), processSpec('a')] }), 'local');
    supervisor.addGroup(single('a'), 'local');
    expect(supervisor.snapshot().map(({ process }) => `${process.group}:${process.name}`)).toEqual([
      'a:a',
      'b:a',
      'b:z',
    ]);
  });

  it('is announced when it changes, in time to be asked for', async () => {
    const { supervisor, pass, name } = superviseFake();
    const heard: string[] = [];
    supervisor.subscribe({
      statusChanged: (process) => heard.push(supervisor.status(process)?.state ?? 'gone'),
      processRemoved: () => heard.push('removed'),
      groupAdded: (group) => heard.push(`+${group}`),
      groupRemoved: (group) => heard.push(`-${group}`),
    });
    supervisor.addGroup(single('a'), 'local');
    await pass(1);
    void supervisor.stop(name('a'), { byHand: true });
    await pass(1);
    supervisor.removeGroup('a');
    expect(heard).toEqual(['+a', 'STOPPED', 'STOPPED', 'STARTING', 'RUNNING', 'STOPPING', 'STOPPED', 'removed', '-a']);
  });
});

describe('start', () => {
  it('resolves when the process is RUNNING, and not before', async () => {
    const { supervisor, pass, name } = superviseFake();
    supervisor.addGroup(single('a', { autostart: false, startsecs: 2 }), 'local');
    const started = supervisor.start(name('a'));
    await pass(1.9);
    expect(await outcomeSoFar(started)).toBe('open');
    await pass(0.2);
    expect(await started).toBe('started');
    expect(await supervisor.start(name('a'))).toBe('already-started');
  });

  it('fails with the first quick exit, although retries go on', async () => {
    const { supervisor, pass, name, status } = superviseFake({
      a: (run) => (run === 1 ? { endsAfterMs: 10, exit: exitCode(3) } : {}),
    });
    supervisor.addGroup(single('a', { autostart: false }), 'local');
    const started = supervisor.start(name('a'));
    await pass(0.1);
    expect(await started).toBe('spawn-error');
    expect(status('a').state).toBe('BACKOFF');
    await pass(3);
    expect(status('a').state).toBe('RUNNING');
  });

  it('says at once that the file is gone, even of a program that runs, and then changes nothing', async () => {
    const missing = { kind: 'noFile', spawnError: "can't find command '/bin/a'" } as const;
    const { supervisor, name, pass, transitions } = superviseFake({ a: { missing } });
    supervisor.addGroup(single('a', { autostart: false }), 'local');
    expect(await supervisor.start(name('a'))).toBe('no-file');
    await pass(1);
    expect(transitions).toEqual([]);
  });

  it('is an abnormal termination when somebody stops it on its way up', async () => {
    const { supervisor, pass, name } = superviseFake();
    supervisor.addGroup(single('a', { autostart: false, startsecs: 10 }), 'local');
    const started = supervisor.start(name('a'));
    await pass(1);
    void supervisor.stop(name('a'), { byHand: true });
    expect(await started).toBe('abnormal-termination');
  });

  it('does not wait when told not to', async () => {
    const { supervisor, name, status } = superviseFake();
    supervisor.addGroup(single('a', { autostart: false }), 'local');
    expect(await supervisor.start(name('a'), { wait: false })).toBe('started');
    expect(status('a').state).toBe('STARTING');
  });

  it('knows what is not there', async () => {
    const { supervisor, name } = superviseFake();
    expect(await supervisor.start(name('a'))).toBe('no-such-process');
    expect(await supervisor.stop(name('a'), { byHand: true })).toBe('no-such-process');
    expect(supervisor.signal(name('a'), 'HUP')).toBe('no-such-process');
    expect(supervisor.clearLogs(name('a'))).toBe(false);
  });
});

describe('logs', () => {
  it('have all that was written when they are read or cleared, of a process that was ever started', async () => {
    const { supervisor, host, logs, name, pass } = superviseFake();
    supervisor.addGroup(single('a'), 'local');
    supervisor.addGroup(single('idle', { autostart: false }), 'local');
    await pass(0);
    supervisor.collectOutput(name('a'));
    supervisor.collectOutput(name('idle'));
    supervisor.collectOutput(name('ghost'));
    expect(host.collected).toEqual(['a']);
    expect(supervisor.clearLogs(name('a'))).toBe(true);
    expect([host.collected, logs.cleared]).toEqual([['a', 'a'], ['a']]);
  });
});

describe('starts on request', () => {
  it('come in the order in which they were asked for, however long each takes', async () => {
    const clock = new VirtualClock();
    const host = new FakeProcessHost(clock);
    const start = host.start.bind(host);
    host.start = (...launch) => {
      clock.advance(10); // the whole slice of a turn
      return start(...launch);
    };
    const parts = { logs: new FakeProcessLogs(), mainLog: { log: () => {} }, events: { record: () => {} } };
    const supervisor = startSupervisor({ ...parts, clock, host });
    const all = ['a', 'b', 'c', 'd'].map((name) => ({ group: name, name }));
    for (const { name } of all.toReversed()) supervisor.addGroup(single(name), 'local');
    await clock.advanceAsync(1000);
    for (const process of all) void supervisor.stop(process, { byHand: true });
    await clock.advanceAsync(1000);
    host.launches.length = 0;
    for (const process of all) void supervisor.start(process);
    await clock.advanceAsync(1000);
    expect(host.launches.map(({ spec }) => spec.name)).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('stop', () => {
  it('of one that takes long holds up nobody', async () => {
    const { supervisor, pass, name, status } = superviseFake({ slow: { ignores: ['TERM'] } });
    supervisor.addGroup(single('slow'), 'local');
    supervisor.addGroup(single('quick'), 'local');
    await pass(2);
    const slow = supervisor.stop(name('slow'), { byHand: true });
    const quick = supervisor.stop(name('quick'), { byHand: true });
    await pass(0.1);
    expect(await quick).toBe('stopped');
    expect(await outcomeSoFar(slow)).toBe('open');
    await pass(10);
    expect(await slow).toBe('stopped');
    expect(status('slow').lastExit).toMatchObject({ signal: 'SIGKILL' });
  });

  it('tells those who wait that it takes long', async () => {
    const { supervisor, pass, name, mainLog } = superviseFake({ a: { ignores: ['TERM'] } });
    supervisor.addGroup(single('a', { stopwaitsecs: 5 }), 'local');
    await pass(2);
    void supervisor.stop(name('a'), { byHand: true });
    await pass(10);
    expect(mainLog.filter((line) => line.includes('waiting for a to stop'))).toEqual([
      '2.000 info waiting for a to stop',
      '4.000 info waiting for a to stop',
      '6.000 info waiting for a to stop',
    ]);
  });

  it('of what does not run changes nothing', async () => {
    const { supervisor, name } = superviseFake();
    supervisor.addGroup(single('a', { autostart: false }), 'local');
    expect(await supervisor.stop(name('a'), { byHand: true })).toBe('not-running');
  });

  it('reaches a process in the middle of a crash loop, and keeps it down', async () => {
    const { supervisor, pass, name, status } = superviseFake({ a: { endsAfterMs: 5, exit: exitCode(1) } });
    supervisor.addGroup(single('a', { startsecs: 0, autorestart: 'always' }), 'local');
    await pass(0.503);
    const stopped = supervisor.stop(name('a'), { byHand: true });
    await pass(1);
    expect(await stopped).toBe('stopped');
    expect(status('a')).toMatchObject({ state: 'STOPPED', stoppedByHand: true });
  });
});

describe('signal', () => {
  it('goes to the child, and says when there is none or it may not', async () => {
    const { supervisor, pass, name, host, status } = superviseFake({ theirs: { refuses: true } });
    supervisor.addGroup(single('a'), 'local');
    supervisor.addGroup(single('theirs'), 'local');
    expect(supervisor.signal(name('a'), 'HUP')).toBe('not-running');
    await pass(2);
    expect(supervisor.signal(name('a'), 'HUP')).toBe('signalled');
    expect(host.child('a').signals).toEqual(['HUP']);
    expect(supervisor.signal(name('theirs'), 'HUP')).toBe('failed');
    expect(status('theirs').state).toBe('UNKNOWN');
    expect(await supervisor.start(name('theirs'))).toBe('unknown-state');
  });
});

describe('a start', () => {
  it('with startsecs=0 has succeeded also where the program was done before its turn came', async () => {
    const clock = new VirtualClock();
    const host = new FakeProcessHost(clock);
    host.start = (_, onExit) => {
      clock.advance(10); // more than may be launched in one turn of the event loop
      queueMicrotask(() => onExit(exitCode(3)));
      return { kind: 'started', pid: 1 };
    };
    const mainLog = { log: () => {} };
    const supervisor = startSupervisor({
      ...{ clock, host, mainLog },
      logs: new FakeProcessLogs(),
      events: { record: () => {} },
    });
    supervisor.addGroup(single('a', { startsecs: 0, autostart: false, autorestart: 'never' }), 'local');
    expect(await supervisor.start({ group: 'a', name: 'a' })).toBe('started');
    expect(supervisor.snapshot()).toMatchObject([{ state: 'EXITED', run: 1 }]);
  });
});

describe('crashes', () => {
  it('are recorded with what the run last said', async () => {
    const { supervisor, pass, events, host } = superviseFake({ a: { lastOutput: 'Traceback' } });
    supervisor.addGroup(single('a'), 'local');
    await pass(5);
    host.end(host.child('a'), exitCode(7));
    const crash = events.find(({ kind }) => kind === 'crash');
    expect(crash).toMatchObject({
      run: 1,
      pid: 1000,
      exit: exitCode(7),
      ranForUs: 5_000_000,
      lastOutputStream: 'stderr',
    });
    expect(crash?.kind === 'crash' && Buffer.from(crash.lastOutput).toString()).toBe('Traceback');
  });

  it('are followed by the next run in the same turn', async () => {
    const { supervisor, pass, host } = superviseFake();
    supervisor.addGroup(single('a'), 'local');
    await pass(5);
    host.end(host.child('a'), exitCode(7));
    expect(host.launches).toHaveLength(2);
  });

  it('without end fill neither the record nor the timers', async () => {
    const { supervisor, pass, events, clock, status } = superviseFake({ a: { endsAfterMs: 20, exit: exitCode(1) } });
    supervisor.addGroup(single('a', { startsecs: 0, autorestart: 'always' }), 'local');
    await pass(30);
    expect(status('a').crashCount).toBeGreaterThan(1000);
    expect(events.length).toBeLessThan(50);
    await pass(31);
    expect(events.filter(({ kind }) => kind === 'crashRepeat')).toMatchObject([{ process: { name: 'a' } }]);
    expect(clock.armed).toBeLessThanOrEqual(3);
  });
});

describe('a host that misbehaves', () => {
  const parts = { logs: new FakeProcessLogs(), mainLog: { log: () => {} }, events: { record: () => {} } };

  it('by telling an exit before its start has returned confuses nobody', async () => {
    const clock = new VirtualClock();
    const host = new FakeProcessHost(clock);
    const start = host.start.bind(host);
    host.start = (launch, onExit) => {
      if (launch.run === 1) onExit(exitCode(3));
      return launch.run === 1 ? { kind: 'started', pid: 1 } : start(launch, onExit);
    };
    const supervisor = startSupervisor({ ...parts, clock, host });
    supervisor.addGroup(single('a'), 'local');
    await clock.advanceAsync(3000);
    expect(supervisor.snapshot()).toMatchObject([{ state: 'RUNNING', run: 2 }]);
  });

  it('by failing to say why it cannot start is one failed start', async () => {
    const clock = new VirtualClock();
    const host = new FakeProcessHost(clock);
    host.start = () => {
      throw new Error('no reason');
    };
    const supervisor = startSupervisor({ ...parts, clock, host });
    supervisor.addGroup(single('a'), 'local');
    await clock.advanceAsync(100);
    expect(supervisor.snapshot()).toMatchObject([
      { state: 'BACKOFF', spawnError: "unknown error during fork for 'a': no reason" },
    ]);
  });
});

describe('subscribers', () => {
  it('that fail are told of in the log, and hurt nobody', async () => {
    const { supervisor, pass, mainLog, status } = superviseFake();
    supervisor.subscribe({
      statusChanged: () => {
        throw new Error('a bug');
      },
    });
    supervisor.addGroup(single('a'), 'local');
    await pass(2);
    expect(status('a').state).toBe('RUNNING');
    expect(mainLog[0]).toContain('critical a subscriber failed at statusChanged: a bug');
  });

  it('may ask for more from inside a call', async () => {
    const { supervisor, pass, transitions } = superviseFake();
    supervisor.subscribe({
      transition: (process, { to }) => {
        if (to === 'RUNNING') void supervisor.stop(process, { byHand: true });
      },
    });
    supervisor.addGroup(single('a'), 'local');
    await pass(2);
    expect(transitions).toEqual([
      'a STOPPED -> STARTING',
      'a STARTING -> RUNNING',
      'a RUNNING -> STOPPING',
      'a STOPPING -> STOPPED',
    ]);
  });
});

describe('closing', () => {
  it('lets the programs live, and leaves no timer and nobody waiting', async () => {
    const { supervisor, pass, name, host, clock } = superviseFake({ slow: { ignores: ['TERM'] } });
    supervisor.addGroup(single('slow'), 'local');
    supervisor.addGroup(single('a', { startsecs: 60 }), 'local');
    await pass(2);
    const stopped = supervisor.stop(name('slow'), { byHand: true });
    await supervisor[Symbol.asyncDispose]();
    expect(await stopped).toBe('stopped');
    expect(host.alive).toHaveLength(2);
    expect(clock.armed).toBe(0);
    await pass(100);
    expect(host.child('slow').signals).toEqual(['TERM']);
  });
});

describe('an idle supervisor', () => {
  it('has nothing armed', async () => {
    const { supervisor, pass, clock } = superviseFake();
    for (let i = 0; i < 50; i++) supervisor.addGroup(single(`p${i}`), 'local');
    await pass(2);
    expect(supervisor.snapshot().every(({ state }) => state === 'RUNNING')).toBe(true);
    expect([clock.armed, supervisor.nextDeadline]).toEqual([0, undefined]);
  });
});
