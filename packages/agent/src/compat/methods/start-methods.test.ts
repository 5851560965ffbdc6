import { describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { calledDaemon } from './testing/called-daemon.ts';

const manual = (name: string, options: Parameters<typeof processSpec>[1] = {}) =>
  processSpec(name, { autostart: false, startsecs: 0, ...options });

const single = (name: string, options: Parameters<typeof processSpec>[1] = {}) =>
  groupSpec(name, { processes: [manual(name, options)] });

const ok = (name: string, group = name) => ({ name, group, status: 80, description: 'OK' });

describe('startProcess', () => {
  it('answers once the process is RUNNING', async () => {
    const { supervisor, call, pass, status } = calledDaemon();
    supervisor.addGroup(single('a', { startsecs: 2 }), 'local');
    const answers: unknown[] = [];
    const started = call('supervisor.startProcess', 'a').then((answer) => answers.push(answer));
    await pass(1.9);
    expect(status('a').state).toBe('STARTING');
    expect(answers).toEqual([]);
    await pass(0.2);
    await started;
    expect(answers).toEqual([true]);
  });

  it('answers at once without wait, in any form that is false to Python', async () => {
    for (const wait of [false, 0, '']) {
      const { supervisor, call, status } = calledDaemon();
      supervisor.addGroup(single('a', { startsecs: 60 }), 'local');
      expect(await call('supervisor.startProcess', 'a:a', wait)).toBe(true);
      expect(status('a').state).toBe('STARTING');
    }
  });

  it('answers at once with startsecs=0', async () => {
    const { supervisor, call } = calledDaemon();
    supervisor.addGroup(single('a'), 'local');
    expect(await call('supervisor.startProcess', 'a', true)).toBe(true);
  });

  it.each(['ghost', 'x', 'g', 'g:ghost', 'ghost:x', 'ghost:*', 'ghost:', '', ':', 'all', 'G:x', 'g:x:y'])(
    'knows no process %j',
    async (name) => {
      const { supervisor, call } = calledDaemon();
      supervisor.addGroup(groupSpec('g', { processes: [manual('x')] }), 'local');
      expect(await call('supervisor.startProcess', name)).toBe(`FAULT 10 BAD_NAME: ${name}`);
    },
  );

  it('says what is wrong with the command before it says that it is started', async () => {
    const missing = { kind: 'noFile', spawnError: "can't find command '/no/such'" } as const;
    const folder = { kind: 'notExecutable', spawnError: "command at '/tmp' is a directory" } as const;
    let isGone = false;
    const { supervisor, call, pass, status } = calledDaemon({
      gone: () => (isGone ? { missing } : {}),
      folder: { missing: folder },
    });
    supervisor.addGroup(single('gone', { autostart: true }), 'local');
    supervisor.addGroup(single('folder'), 'local');
    await pass(1);
    isGone = true;
    expect(status('gone').state).toBe('RUNNING');
    expect(await call('supervisor.startProcess', 'gone')).toBe("FAULT 20 NO_FILE: can't find command '/no/such'");
    expect(await call('supervisor.startProcess', 'folder')).toBe(
      "FAULT 21 NOT_EXECUTABLE: command at '/tmp' is a directory",
    );
  });

  it('refuses what is started: STARTING, RUNNING, BACKOFF', async () => {
    const { supervisor, call, pass, status } = calledDaemon({ dies: { endsAfterMs: 10 } });
    supervisor.addGroup(groupSpec('g', { processes: [manual('up')] }), 'local');
    supervisor.addGroup(single('slow', { startsecs: 60 }), 'local');
    supervisor.addGroup(single('dies', { startsecs: 60 }), 'local');
    for (const name of ['g:up', 'slow', 'dies']) await call('supervisor.startProcess', name, false);
    await pass(0.1);
    expect(['g:up', 'slow', 'dies'].map((name) => status(name).state)).toEqual(['RUNNING', 'STARTING', 'BACKOFF']);
    for (const name of ['g:up', 'slow', 'dies']) {
      expect(await call('supervisor.startProcess', name)).toBe(`FAULT 60 ALREADY_STARTED: ${name}`);
    }
  });

  it('fails with the first quick exit although retries go on', async () => {
    const { supervisor, call, pass, status } = calledDaemon({ a: { endsAfterMs: 100 } });
    supervisor.addGroup(single('a', { startsecs: 5 }), 'local');
    const answer = call('supervisor.startProcess', 'a');
    await pass(0.2);
    expect(await answer).toBe('FAULT 50 SPAWN_ERROR: a');
    expect(status('a').state).toBe('BACKOFF');
    await pass(1.1);
    expect(status('a').run).toBe(2);
  });

  it('fails at once where no child can be made, also without wait', async () => {
    const { supervisor, call } = calledDaemon({ a: { spawnError: 'too many open files' } });
    supervisor.addGroup(single('a'), 'local');
    expect(await call('supervisor.startProcess', 'a', false)).toBe('FAULT 50 SPAWN_ERROR: a');
  });

  it('calls it an abnormal termination when somebody stops it meanwhile', async () => {
    const { supervisor, call, pass } = calledDaemon();
    supervisor.addGroup(single('a', { startsecs: 5 }), 'local');
    const answer = call('supervisor.startProcess', 'a');
    await pass(1);
    expect(await call('supervisor.stopProcess', 'a', false)).toBe(true);
    await pass(1);
    expect(await answer).toBe('FAULT 40 ABNORMAL_TERMINATION: a');
  });

  it('does nothing to what is being stopped, and says so only when it is to wait', async () => {
    const { supervisor, call, pass, status } = calledDaemon({ a: { diesAfterMs: 3000 } });
    supervisor.addGroup(single('a'), 'local');
    await call('supervisor.startProcess', 'a');
    await call('supervisor.stopProcess', 'a', false);
    expect(await call('supervisor.startProcess', 'a')).toBe('FAULT 40 ABNORMAL_TERMINATION: a');
    expect(await call('supervisor.startProcess', 'a', false)).toBe(true);
    await pass(4);
    expect(status('a')).toMatchObject({ state: 'STOPPED', run: 1 });
  });

  it('does not start what nobody could signal', async () => {
    const { supervisor, call, status } = calledDaemon({ a: { refuses: true } });
    supervisor.addGroup(groupSpec('g', { processes: [manual('a')] }), 'local');
    await call('supervisor.startProcess', 'g:a');
    await call('supervisor.stopProcess', 'g:a', false);
    expect(status('g:a').state).toBe('UNKNOWN');
    expect(await call('supervisor.startProcess', 'g:a')).toBe('FAULT 30 FAILED: g:a is in an unknown process state');
  });

  it('starts a whole group for `group:*` and `group:`', async () => {
    const { supervisor, call } = calledDaemon();
    supervisor.addGroup(groupSpec('g', { processes: [manual('x'), manual('y')] }), 'local');
    await call('supervisor.startProcess', 'g:x');
    expect(await call('supervisor.startProcess', 'g:*')).toEqual([ok('y', 'g')]);
    expect(await call('supervisor.startProcess', 'g:')).toEqual([]);
  });
});

describe('startProcessGroup and startAllProcesses', () => {
  it('start what is not started, by priority, and leave the rest out', async () => {
    const { supervisor, call, host, pass } = calledDaemon();
    supervisor.addGroup(single('last', { priority: 999 }), 'local');
    const members = [manual('z', { priority: 3 }), manual('y', { priority: 2 }), manual('x', { priority: 2 })];
    supervisor.addGroup(groupSpec('first', { priority: 1, processes: members }), 'fleet');
    expect(await call('supervisor.startProcessGroup', 'first')).toEqual([
      ok('y', 'first'),
      ok('x', 'first'),
      ok('z', 'first'),
    ]);
    expect(await call('supervisor.startProcessGroup', 'first')).toEqual([]);
    await call('supervisor.stopProcess', 'first:x', false);
    await pass(0.1);
    expect(await call('supervisor.startAllProcesses')).toEqual([ok('x', 'first'), ok('last')]);
    expect(host.launches.map(({ spec }) => spec.name)).toEqual(['y', 'x', 'z', 'x', 'last']);
  });

  it('tell what is done at once in the order asked, and the rest as it is done', async () => {
    const missing = { kind: 'noFile', spawnError: "can't find command 'm'" } as const;
    const { supervisor, call, pass } = calledDaemon({ m: { missing }, dies: { endsAfterMs: 500 } });
    for (const group of [
      single('slow', { startsecs: 3 }),
      single('at-once'),
      single('m'),
      single('dies', { startsecs: 6 }),
      single('quick', { startsecs: 1 }),
    ]) {
      supervisor.addGroup(group, 'local');
    }
    const answer = call('supervisor.startAllProcesses');
    await pass(4);
    expect(await answer).toEqual([
      ok('at-once'),
      { name: 'm', group: 'm', status: 20, description: "NO_FILE: can't find command 'm'" },
      { name: 'dies', group: 'dies', status: 50, description: 'SPAWN_ERROR: dies' },
      ok('quick'),
      ok('slow'),
    ]);
  });

  it('tell what dies at once after what could not be started at all', async () => {
    const missing = { kind: 'noFile', spawnError: "can't find command 'm'" } as const;
    const { supervisor, call, pass } = calledDaemon({ m: { missing }, dies: { endsAfterMs: 1 } });
    for (const group of [single('dies', { startsecs: 6 }), single('up'), single('m')])
      supervisor.addGroup(group, 'local');
    const answer = call('supervisor.startAllProcesses');
    await pass(1);
    expect(await answer).toEqual([
      ok('up'),
      { name: 'm', group: 'm', status: 20, description: "NO_FILE: can't find command 'm'" },
      { name: 'dies', group: 'dies', status: 50, description: 'SPAWN_ERROR: dies' },
    ]);
  });

  it('name a member of a group as one in their faults', async () => {
    const { supervisor, call } = calledDaemon({ x: { spawnError: 'no' } });
    supervisor.addGroup(groupSpec('g', { processes: [manual('x')] }), 'local');
    expect(await call('supervisor.startProcessGroup', 'g')).toEqual([
      { name: 'x', group: 'g', status: 50, description: 'SPAWN_ERROR: g:x' },
    ]);
  });

  it('answer at once without wait', async () => {
    const { supervisor, call } = calledDaemon();
    supervisor.addGroup(single('a', { startsecs: 60 }), 'local');
    expect(await call('supervisor.startAllProcesses', false)).toEqual([ok('a')]);
  });

  it('know an empty group, and none that is not there', async () => {
    const { supervisor, call } = calledDaemon();
    supervisor.addGroup(groupSpec('empty', { processes: [] }), 'local');
    expect(await call('supervisor.startProcessGroup', 'empty')).toEqual([]);
    expect(await call('supervisor.startProcess', 'empty:*')).toEqual([]);
    expect(await call('supervisor.startProcessGroup', 'ghost')).toBe('FAULT 10 BAD_NAME: ghost');
    expect(await call('supervisor.startProcessGroup', '')).toBe('FAULT 10 BAD_NAME: ');
  });
});
