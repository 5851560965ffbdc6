import { describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { calledDaemon } from './testing/called-daemon.ts';

const single = (name: string, options: Parameters<typeof processSpec>[1] = {}) =>
  groupSpec(name, { processes: [processSpec(name, { startsecs: 0, ...options })] });

const ok = (name: string, group = name) => ({ name, group, status: 80, description: 'OK' });

describe('stopProcess', () => {
  it('answers once the process is stopped, and by hand it is', async () => {
    const { supervisor, call, pass, status } = calledDaemon({ a: { diesAfterMs: 3000 } });
    supervisor.addGroup(single('a'), 'local');
    await pass(1);
    const answers: unknown[] = [];
    const stopped = call('supervisor.stopProcess', 'a').then((answer) => answers.push(answer));
    await pass(2.9);
    expect(answers).toEqual([]);
    await pass(0.2);
    await stopped;
    expect(answers).toEqual([true]);
    expect(status('a')).toMatchObject({ state: 'STOPPED', stoppedByHand: true });
  });

  it('answers at once without wait', async () => {
    const { supervisor, call, pass, status } = calledDaemon({ a: { diesAfterMs: 3000 } });
    supervisor.addGroup(single('a'), 'local');
    await pass(1);
    expect(await call('supervisor.stopProcess', 'a', false)).toBe(true);
    expect(status('a').state).toBe('STOPPING');
  });

  it('refuses what does not run or is being stopped', async () => {
    const { supervisor, call, pass } = calledDaemon({ a: { diesAfterMs: 3000 } });
    supervisor.addGroup(single('a'), 'local');
    supervisor.addGroup(groupSpec('g', { processes: [processSpec('off', { autostart: false })] }), 'local');
    await pass(1);
    await call('supervisor.stopProcess', 'a', false);
    expect(await call('supervisor.stopProcess', 'a')).toBe('FAULT 70 NOT_RUNNING: a');
    expect(await call('supervisor.stopProcess', 'g:off')).toBe('FAULT 70 NOT_RUNNING: g:off');
  });

  it('stops what is in BACKOFF at once', async () => {
    const { supervisor, call, pass, status } = calledDaemon({ a: { endsAfterMs: 10 } });
    supervisor.addGroup(single('a', { startsecs: 5 }), 'local');
    await pass(0.5);
    expect(status('a').state).toBe('BACKOFF');
    expect(await call('supervisor.stopProcess', 'a')).toBe(true);
    expect(status('a').state).toBe('STOPPED');
  });

  it.each([true, false])('fails where the child may not be signalled (wait=%s)', async (wait) => {
    const { supervisor, call, pass } = calledDaemon({ a: { refuses: true } });
    supervisor.addGroup(single('a'), 'local');
    await pass(1);
    expect(await call('supervisor.stopProcess', 'a', wait)).toBe(
      'FAULT 30 FAILED: unknown problem killing a (1000): the main log says why',
    );
    expect(await call('supervisor.stopProcess', 'a', wait)).toBe('FAULT 70 NOT_RUNNING: a');
  });

  it('goes on although others ask meanwhile', async () => {
    const { supervisor, call, pass } = calledDaemon({ slow: { diesAfterMs: 8000 } });
    supervisor.addGroup(single('slow'), 'local');
    supervisor.addGroup(single('quick'), 'local');
    await pass(1);
    const slow = call('supervisor.stopProcess', 'slow');
    const quick = call('supervisor.stopProcess', 'quick');
    await pass(0.1);
    expect(await quick).toBe(true);
    await pass(8);
    expect(await slow).toBe(true);
  });

  it('knows only names that are there', async () => {
    const { call } = calledDaemon();
    expect(await call('supervisor.stopProcess', 'ghost')).toBe('FAULT 10 BAD_NAME: ghost');
    expect(await call('supervisor.stopProcess', 'ghost:*')).toBe('FAULT 10 BAD_NAME: ghost:*');
  });
});

describe('stopProcessGroup and stopAllProcesses', () => {
  it('stop what runs, tell them as they are done, and leave the rest out', async () => {
    const { supervisor, call, pass, status } = calledDaemon({ slow: { diesAfterMs: 2000 }, b: { refuses: true } });
    const members = [processSpec('slow', { startsecs: 0, priority: 1 }), processSpec('quick', { startsecs: 0 })];
    supervisor.addGroup(groupSpec('g', { processes: members }), 'local');
    supervisor.addGroup(single('off', { autostart: false }), 'local');
    supervisor.addGroup(single('b'), 'local');
    await pass(1);
    const answer = call('supervisor.stopProcess', 'g:*');
    await pass(3);
    expect(await answer).toEqual([ok('quick', 'g'), ok('slow', 'g')]);
    expect(status('g:slow').stoppedByHand).toBe(true);
    expect(await call('supervisor.stopProcessGroup', 'g')).toEqual([]);
    expect(await call('supervisor.stopAllProcesses')).toEqual([
      {
        name: 'b',
        group: 'b',
        status: 30,
        description: 'FAILED: unknown problem killing b (1002): the main log says why',
      },
    ]);
    expect(await call('supervisor.stopAllProcesses')).toEqual([]);
  });

  it('tell what ends between two looks of Supervisor in the order asked', async () => {
    const { supervisor, call, pass } = calledDaemon({ late: { diesAfterMs: 30 }, later: { diesAfterMs: 70 } });
    for (const name of ['later', 'late', 'quick']) supervisor.addGroup(single(name, { startsecs: 0 }), 'local');
    await pass(0.1);
    const answer = call('supervisor.stopAllProcesses');
    await pass(0.1);
    expect(await answer).toEqual([ok('late'), ok('quick'), ok('later')]);
  });

  it('send the signals in the order of priorities, low ones first', async () => {
    const { supervisor, call, pass, mainLog } = calledDaemon();
    supervisor.addGroup(single('later', { priority: 2 }), 'local');
    supervisor.addGroup(
      groupSpec('sooner', { priority: 1, processes: [processSpec('sooner', { startsecs: 0 })] }),
      'local',
    );
    await pass(1);
    expect(await call('supervisor.stopAllProcesses', false)).toEqual([ok('sooner'), ok('later')]);
    const killed = mainLog.flatMap((line) => /killing (\w+)/.exec(line)?.[1] ?? []);
    expect(killed).toEqual(['sooner', 'later']);
  });

  it('know no group that is not there', async () => {
    const { call } = calledDaemon();
    expect(await call('supervisor.stopProcessGroup', 'ghost')).toBe('FAULT 10 BAD_NAME: ghost');
    expect(await call('supervisor.stopAllProcesses')).toEqual([]);
  });
});
