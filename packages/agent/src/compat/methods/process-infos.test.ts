import { describe, expect, it } from 'vitest';
import { killedBy } from '../../supervision/testing/fake-process-host.ts';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { calledDaemon } from './testing/called-daemon.ts';

const file = (path: string) => ({ ...processSpec('x').stdout, target: { kind: 'file', path } as const });

const single = (name: string, options: Parameters<typeof processSpec>[1] = {}) =>
  groupSpec(name, { processes: [processSpec(name, { startsecs: 0, ...options })] });

/** The virtual clock's wall time at the start, in seconds. */
const start = 1_700_000_000;

describe('getProcessInfo', () => {
  it('has every key from the first moment on', async () => {
    const { supervisor, call } = calledDaemon();
    supervisor.addGroup(
      single('a', { autostart: false, stdout: file('rel.log'), stderr: file('/var/log/a.err') }),
      'local',
    );
    expect(await call('supervisor.getProcessInfo', 'a')).toEqual({
      name: 'a',
      group: 'a',
      description: 'Not started',
      start: 0,
      stop: 0,
      now: start,
      state: 0,
      statename: 'STOPPED',
      spawnerr: '',
      exitstatus: 0,
      logfile: 'rel.log',
      stdout_logfile: 'rel.log',
      stderr_logfile: '/var/log/a.err',
      pid: 0,
    });
  });

  it('follows a process through its life, and the clock while nothing happens', async () => {
    const { supervisor, call, pass, host } = calledDaemon({ a: { diesAfterMs: 1000 } });
    supervisor.addGroup(
      groupSpec('g', { processes: [processSpec('a', { startsecs: 1, autorestart: 'never' })] }),
      'local',
    );
    const info = () => call('supervisor.getProcessInfo', 'g:a');
    await pass(0.5);
    expect(await info()).toMatchObject({
      statename: 'STARTING',
      state: 10,
      description: '',
      pid: 1000,
      start,
      now: start,
    });
    await pass(4);
    expect(await info()).toMatchObject({
      statename: 'RUNNING',
      description: 'pid 1000, uptime 0:00:04',
      now: start + 4,
    });
    await pass(86_400 + 3600);
    expect(await info()).toMatchObject({ description: 'pid 1000, uptime 1 day, 1:00:04', now: start + 90_004 });
    host.end(host.child('g', 'a'), { kind: 'code', code: 5 });
    const exited = {
      statename: 'EXITED',
      state: 100,
      exitstatus: 5,
      spawnerr: 'Bad exit code 5',
      pid: 0,
      stop: start + 90_004,
    };
    expect(await info()).toMatchObject({
      ...exited,
      description: expect.stringMatching(/^Nov 1[456] \d\d:\d\d [AP]M$/),
    });
    await call('supervisor.startProcess', 'g:a', false);
    await pass(2);
    expect(await info()).toMatchObject({ statename: 'RUNNING', exitstatus: 0, spawnerr: '', stop: start + 90_004 });
    await call('supervisor.stopProcess', 'g:a', false);
    expect(await info()).toMatchObject({ statename: 'STOPPING', state: 40, description: '' });
    await pass(2);
    expect(await info()).toMatchObject({ statename: 'STOPPED', exitstatus: -1, spawnerr: '' });
  });

  it('tells of failed starts by their spawn error, and of no exit status', async () => {
    const { supervisor, call, pass } = calledDaemon({ a: { endsAfterMs: 10, exit: { kind: 'code', code: 3 } } });
    supervisor.addGroup(single('a', { startsecs: 5, startretries: 1 }), 'local');
    const info = () => call('supervisor.getProcessInfo', 'a');
    const failed = { spawnerr: 'Exited too quickly (process log may have details)', exitstatus: 0, pid: 0 };
    await pass(0.5);
    expect(await info()).toMatchObject({ statename: 'BACKOFF', state: 30, description: failed.spawnerr, ...failed });
    await pass(5);
    expect(await info()).toMatchObject({ statename: 'FATAL', state: 200, description: failed.spawnerr, ...failed });
  });

  it('has -1 as the exit status of a death by signal', async () => {
    const { supervisor, call, pass, host } = calledDaemon();
    supervisor.addGroup(single('a', { autorestart: 'never' }), 'local');
    await pass(1);
    host.end(host.child('a'), killedBy('SEGV'));
    expect(await call('supervisor.getProcessInfo', 'a')).toMatchObject({
      exitstatus: -1,
      spawnerr: 'Bad exit code -1',
    });
  });

  it('carries whatever a text holds', async () => {
    const spawnError = `can't find command '<&"\u001b\ud83d\udc0d>'`;
    const { supervisor, call, pass } = calledDaemon({ a: { spawnError } });
    supervisor.addGroup(single('grüße|', { program: 'a', startretries: 0 }), 'local');
    await pass(2);
    const shown = spawnError.replace('\u001b', '\u241b');
    expect(await call('supervisor.getProcessInfo', 'grüße|')).toMatchObject({
      name: 'grüße|',
      statename: 'FATAL',
      spawnerr: shown,
      description: shown,
    });
  });

  it('knows no whole group', async () => {
    const { supervisor, call } = calledDaemon();
    supervisor.addGroup(single('a'), 'local');
    for (const name of ['a:*', 'a:', 'ghost', 'all', '']) {
      expect(await call('supervisor.getProcessInfo', name)).toBe(`FAULT 10 BAD_NAME: ${name}`);
    }
  });

  it('is capped where a time does not fit an int any more', async () => {
    const { supervisor, call, pass, clock } = calledDaemon();
    supervisor.addGroup(single('a'), 'local');
    clock.stepWallClock(500_000_000_000);
    await pass(1);
    expect(await call('supervisor.getProcessInfo', 'a')).toMatchObject({ start: 2147483647, now: 2147483647 });
  });
});

describe('getAllProcessInfo', () => {
  it('is sorted by group, then name, and knows what came and went', async () => {
    const { supervisor, call, pass } = calledDaemon();
    const names = async () => {
      const all = await call('supervisor.getAllProcessInfo');
      return Array.isArray(all) ? all.map(({ group, name }) => `${group}:${name}`) : all;
    };
    expect(await names()).toEqual([]);
    const members = ['w_10', 'w_9', 'w_1'].map((name) => processSpec(name, { autostart: false }));
    supervisor.addGroup(groupSpec('b', { priority: 1, processes: members }), 'local');
    supervisor.addGroup(single('a', { autostart: false }), 'fleet');
    supervisor.addGroup(single('B', { autostart: false }), 'local');
    expect(await names()).toEqual(['B:B', 'a:a', 'b:w_1', 'b:w_10', 'b:w_9']);
    supervisor.removeGroup('b');
    expect(await names()).toEqual(['B:B', 'a:a']);
    supervisor.addGroup(groupSpec('b', { processes: members.slice(0, 1) }), 'local');
    await pass(1);
    expect(await names()).toEqual(['B:B', 'a:a', 'b:w_10']);
  });

  it('says of each what getProcessInfo says', async () => {
    const { supervisor, call, pass } = calledDaemon({ dies: { endsAfterMs: 10 } });
    for (const name of ['dies', 'off', 'up']) {
      supervisor.addGroup(single(name, { autostart: name !== 'off', startsecs: name === 'dies' ? 9 : 0 }), 'local');
    }
    await pass(0.5);
    const one = await Promise.all(['dies', 'off', 'up'].map((name) => call('supervisor.getProcessInfo', name)));
    expect(await call('supervisor.getAllProcessInfo')).toEqual(one);
    await call('supervisor.startProcess', 'off', false);
    await pass(60);
    const later = await Promise.all(['dies', 'off', 'up'].map((name) => call('supervisor.getProcessInfo', name)));
    expect(await call('supervisor.getAllProcessInfo')).toEqual(later);
    expect(later).not.toEqual(one);
  });
});
