import { describe, expect, it } from 'vitest';
import type { Action, ActionResult } from './action.ts';
import { carryOut } from './actions.ts';
import { groupSpec, processSpec } from './testing/specs.ts';
import { superviseFake } from './testing/supervised-world.ts';

/** A host with `cat` and `web` running, `manual` stopped, a group `w` of two, and an empty group. */
async function host(behaviours: Parameters<typeof superviseFake>[0] = {}) {
  const world = superviseFake(behaviours);
  const { supervisor, pass } = world;
  supervisor.addGroup(groupSpec('cat'), 'local');
  supervisor.addGroup(groupSpec('web'), 'fleet');
  supervisor.addGroup(groupSpec('manual', { processes: [processSpec('manual', { autostart: false })] }), 'local');
  supervisor.addGroup(
    groupSpec('w', { processes: [processSpec('w_0', { program: 'w' }), processSpec('w_1', { program: 'w' })] }),
    'local',
  );
  supervisor.addGroup(groupSpec('empty', { processes: [] }), 'local');
  await pass(2);
  const nothing: ActionResult = { outcome: 'ok', results: [], changes: undefined, message: 'layers', problems: [] };
  const parts = {
    supervisor,
    local: { reread: () => nothing, update: async () => nothing },
    upgrade: async () => nothing,
  };
  const act = async (action: Action): Promise<ActionResult> => {
    const result = carryOut(parts, action);
    await pass(15);
    return result;
  };
  const lines = async (action: Action) => {
    const { outcome, results } = await act(action);
    return [outcome, ...results.map(({ target, message }) => `${target}: ${message}`)];
  };
  return { ...world, act, lines };
}

describe('start', () => {
  it.each([
    [['manual'], ['ok', 'manual: started']],
    [['cat'], ['no-change', 'cat: ERROR (already started)']],
    [
      ['cat', 'manual'],
      ['ok', 'cat: ERROR (already started)', 'manual: started'],
    ],
    [['nosuch'], ['no-match', 'nosuch: ERROR (no such process)']],
    [['nosuch:*'], ['no-match', 'nosuch:*: ERROR (no such group)']],
    [['w'], ['no-match', 'w: ERROR (no such process)']],
    [['z*'], ['no-match', 'z*: ERROR (no such process)']],
    [
      ['nosuch', 'manual'],
      ['no-match', 'nosuch: ERROR (no such process)', 'manual: started'],
    ],
    [['all'], ['ok', 'manual: started']],
    [['w:*'], ['no-change']],
    [['empty:*'], ['no-change']],
    [
      ['m*', 'manual'],
      ['ok', 'manual: started'],
    ],
  ])('%j', async (targets, expected) => {
    const { lines } = await host();
    expect(await lines({ verb: 'start', targets })).toEqual(expected);
  });

  it.each([
    [{ missing: { kind: 'noFile', spawnError: '' } } as const, 'ERROR (no such file)'],
    [{ missing: { kind: 'notExecutable', spawnError: '' } } as const, 'ERROR (file is not executable)'],
    [{ spawnError: 'too many open files' }, 'ERROR (spawn error)'],
    [{ endsAfterMs: 10 }, 'ERROR (spawn error)'],
  ])('of a program that is %j', async (manual, message) => {
    const { lines } = await host({ manual });
    expect(await lines({ verb: 'start', targets: ['manual'] })).toEqual(['failed', `manual: ${message}`]);
  });

  it('does not look for the files of what runs already when a group is asked for', async () => {
    const { lines } = await host({ cat: { missing: { kind: 'noFile', spawnError: 'gone' } } });
    expect(await lines({ verb: 'start', targets: ['web:*'] })).toEqual(['no-change']);
  });
});

describe('stop', () => {
  it.each([
    [['cat'], ['ok', 'cat: stopped']],
    [['w:*'], ['ok', 'w:w_0: stopped', 'w:w_1: stopped']],
    [['w:w_1'], ['ok', 'w:w_1: stopped']],
    [['manual'], ['no-change', 'manual: ERROR (not running)']],
    [['all'], ['ok', 'cat: stopped', 'web: stopped', 'w:w_0: stopped', 'w:w_1: stopped']],
    [
      ['*_0', 'c*'],
      ['ok', 'w:w_0: stopped', 'cat: stopped'],
    ],
  ])('%j', async (targets, expected) => {
    const { lines } = await host();
    expect(await lines({ verb: 'stop', targets })).toEqual(expected);
  });

  it('is by hand', async () => {
    const { act, status } = await host();
    await act({ verb: 'stop', targets: ['cat'] });
    expect(status('cat').stoppedByHand).toBe(true);
  });
});

describe('restart', () => {
  it('stops all of them, then starts all of them, and tells both', async () => {
    const { lines, status } = await host();
    expect(await lines({ verb: 'restart', targets: ['cat', 'manual'] })).toEqual([
      'ok',
      'cat: stopped',
      'manual: ERROR (not running)',
      'cat: started',
      'manual: started',
    ]);
    expect(status('cat')).toMatchObject({ run: 2, stoppedByHand: false });
  });

  it('is no stop by hand while it is under way', async () => {
    const { supervisor, pass, status } = await host({ cat: { diesAfterMs: 3000 } });
    const unused = async () => Promise.reject(new Error('not asked for'));
    void carryOut(
      { supervisor, local: { reread: unused, update: unused }, upgrade: unused },
      { verb: 'restart', targets: ['cat'] },
    );
    await pass(1);
    expect(status('cat')).toMatchObject({ state: 'STOPPING', stoppedByHand: false });
  });

  it('names what does not exist once', async () => {
    const { lines } = await host();
    expect(await lines({ verb: 'restart', targets: ['nosuch'] })).toEqual([
      'no-match',
      'nosuch: ERROR (no such process)',
    ]);
  });
});

describe('signal', () => {
  it.each([
    ['HUP', ['cat'], ['ok', 'cat: signalled']],
    ['SIGUSR1', ['w:*'], ['ok', 'w:w_0: signalled', 'w:w_1: signalled']],
    ['1', ['all'], ['ok', 'cat: signalled', 'web: signalled', 'w:w_0: signalled', 'w:w_1: signalled']],
    ['HUP', ['manual'], ['failed', 'manual: ERROR (not running)']],
    ['NOPE', ['cat'], ['failed', 'cat: ERROR (bad signal name)']],
    ['HUP', ['nosuch'], ['no-match', 'nosuch: ERROR (no such process)']],
  ])('%s to %j', async (signal, targets, expected) => {
    const { lines } = await host({ cat: { ignores: ['HUP'] } });
    expect(await lines({ verb: 'signal', targets, signal })).toEqual(expected);
  });
});

describe('clear', () => {
  it('empties the logs of what runs and of what does not', async () => {
    const { lines, logs } = await host();
    expect(await lines({ verb: 'clear', targets: ['cat', 'manual'] })).toEqual([
      'ok',
      'cat: cleared',
      'manual: cleared',
    ]);
    expect(logs.cleared).toEqual(['cat', 'manual']);
  });

  it('says of each log that could not be emptied', async () => {
    const { lines, logs } = await host();
    logs.clear = () => {
      throw new Error('EACCES');
    };
    expect(await lines({ verb: 'clear', targets: ['cat'] })).toEqual(['failed', 'cat: ERROR (failed): EACCES']);
  });
});

describe('reread and update', () => {
  it('are the layers’', async () => {
    const { act } = await host();
    expect((await act({ verb: 'reread' })).message).toBe('layers');
    expect((await act({ verb: 'update', groups: [] })).message).toBe('layers');
  });
});

describe('an action with nothing to do', () => {
  it('says so', async () => {
    const { act } = await host();
    expect(await act({ verb: 'start', targets: ['w:*'] })).toMatchObject({ message: 'there was nothing to do' });
  });
});
