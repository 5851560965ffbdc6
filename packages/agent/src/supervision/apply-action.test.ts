import type { ProcessGroupSpec, ProcessSpec } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import type { PlanMode } from './plan-action.ts';
import { groupSpec, processSpec } from './testing/specs.ts';
import { type SupervisedWorld, superviseFake } from './testing/supervised-world.ts';

function trio(changes: Readonly<Record<string, Partial<ProcessSpec>>> = {}, names = ['a', 'b', 'c']): ProcessGroupSpec {
  return groupSpec('g', { processes: names.map((name) => processSpec(name, changes[name])) });
}

/** Plans and carries out, as the layers do. */
async function update(world: SupervisedWorld, desired: ProcessGroupSpec[], mode: PlanMode = 'minimal') {
  const { supervisor, pass } = world;
  const effective = supervisor.groups().map(({ spec }) => spec);
  const work = (async () => {
    const results: string[] = [];
    const settling = [];
    for (const action of plan(desired, effective, mode)) {
      const applied = await supervisor.apply(action, 'fleet');
      results.push(...applied.results.map(({ target, message }) => `${target}: ${message}`));
      settling.push(applied.settled);
    }
    for (const settled of settling) {
      results.push(...(await settled).map(({ target, message }) => `${target}: ${message}`));
    }
    return results;
  })();
  await pass(3);
  return work;
}

async function running(behaviours: Parameters<typeof superviseFake>[0] = {}) {
  const world = superviseFake(behaviours);
  world.supervisor.addGroup(trio(), 'fleet');
  await world.pass(2);
  const pids = () => ['a', 'b', 'c'].map((name) => world.supervisor.status({ group: 'g', name })?.pid);
  return { world, pids };
}

describe('applying a minimal plan', () => {
  it('restarts one among three and leaves the pids of the others', async () => {
    const { world, pids } = await running();
    expect(await update(world, [trio({ b: { command: '/bin/other' } })])).toEqual(['g:b: stopped', 'g:b: started']);
    expect(pids()).toEqual([1000, 1003, 1002]);
    expect(world.supervisor.spec({ group: 'g', name: 'b' })?.command).toBe('/bin/other');
  });

  it('leaves nothing to plan', async () => {
    const { world } = await running();
    const desired = [trio({ a: { stopwaitsecs: 1 }, b: { command: '/x' } }, ['b', 'a', 'd']), groupSpec('new')];
    await update(world, desired);
    const effective = world.supervisor.groups().map(({ spec }) => spec);
    expect(plan(desired, effective, 'minimal')).toEqual([]);
    expect(effective[0]?.processes.map(({ name }) => name)).toEqual(['b', 'a', 'd']);
  });

  it('changes in place without touching the process, and tells its logs', async () => {
    const { world, pids } = await running();
    expect(await update(world, [trio({ a: { stopwaitsecs: 1, priority: 3 } })])).toEqual([]);
    expect(pids()).toEqual([1000, 1001, 1002]);
    expect(world.logs.adjusted).toEqual(['a']);
  });

  it('takes a change in place into account at once', async () => {
    const { world } = await running({ a: { ignores: ['TERM'] } });
    await update(world, [trio({ a: { stopwaitsecs: 1 } })]);
    const stopped = world.supervisor.stop({ group: 'g', name: 'a' }, { byHand: true });
    await world.pass(1.5);
    expect(await stopped).toBe('stopped');
  });

  it('never starts what was stopped by hand, and says so', async () => {
    const { world } = await running();
    void world.supervisor.stop({ group: 'g', name: 'b' }, { byHand: true });
    await world.pass(1);
    expect(await update(world, [trio({ b: { command: '/bin/other' } })])).toEqual(['g:b: held: stopped by hand']);
    expect(world.status('g:b')).toMatchObject({ state: 'STOPPED', stoppedByHand: true });
  });

  it('starts again what had given up, for the change may be the cure', async () => {
    const { world } = await running({ b: (run) => (run < 5 ? { spawnError: 'no' } : {}) });
    await world.pass(10);
    expect(world.status('g:b').state).toBe('FATAL');
    expect(await update(world, [trio({ b: { directory: '/srv' } })])).toEqual(['g:b: started']);
  });

  it('lets what cannot start show it in its state', async () => {
    const missing = { kind: 'noFile', spawnError: "can't find command '/bin/b'" } as const;
    const { world } = await running({ b: (run) => (run === 1 ? {} : { missing }) });
    expect(await update(world, [trio({ b: { command: '/bin/b2' } })])).toEqual([
      'g:b: stopped',
      'g:b: ERROR (spawn error)',
    ]);
    expect(world.status('g:b')).toMatchObject({ state: 'BACKOFF', spawnError: missing.spawnError });
  });

  it('leaves down what has no autostart and is down, and restarts it when it is up', async () => {
    const { world } = await running();
    const withManual = (command: string) => trio({ m: { autostart: false, command } }, ['a', 'b', 'c', 'm']);
    await update(world, [withManual('/bin/1')]);
    expect(await update(world, [withManual('/bin/2')])).toEqual([]);
    void world.supervisor.start({ group: 'g', name: 'm' });
    await world.pass(2);
    expect(await update(world, [withManual('/bin/3')])).toEqual(['g:m: stopped', 'g:m: started']);
  });

  it('starts what is to start by itself from now on', async () => {
    const world = superviseFake();
    world.supervisor.addGroup(trio({ a: { autostart: false } }), 'fleet');
    await world.pass(2);
    expect(await update(world, [trio()])).toEqual(['g:a: started']);
  });

  it('grows and shrinks', async () => {
    const { world, pids } = await running();
    expect(await update(world, [trio({}, ['a', 'c', 'd'])])).toEqual(['g:b: stopped', 'g:d: started']);
    expect(pids()).toEqual([1000, undefined, 1002]);
  });

  it('says of a new program that does not come up', async () => {
    const world = superviseFake({ bad: { endsAfterMs: 1, exit: { kind: 'code', code: 1 } } });
    expect(await update(world, [groupSpec('bad')])).toEqual(['bad: ERROR (spawn error)']);
  });
});

describe('applying a compat plan', () => {
  it('stops the whole group, then starts it all, also what was stopped by hand', async () => {
    const { world, pids } = await running();
    void world.supervisor.stop({ group: 'g', name: 'a' }, { byHand: true });
    await world.pass(1);
    expect(await update(world, [trio({ b: { stopwaitsecs: 1 } })], 'compat')).toEqual([
      'g:b: stopped',
      'g:c: stopped',
      'g:a: started',
      'g:b: started',
      'g:c: started',
    ]);
    expect(pids()).toEqual([1003, 1004, 1005]);
  });
});

describe('a step that no longer fits', () => {
  it('is refused by name', async () => {
    const { world } = await running();
    const { supervisor } = world;
    const remove = { kind: 'remove-group', reason: '' } as const;
    await expect(supervisor.apply({ ...remove, name: 'gone' }, 'fleet')).rejects.toThrow(
      'there is no process group gone',
    );
    await expect(supervisor.apply({ ...remove, name: 'g' }, 'local')).rejects.toThrow(
      'cannot remove process group g: it belongs to the fleet layer',
    );
    const spec = processSpec('x', { group: 'g' });
    const adjust = { kind: 'adjust-process', group: trio(), spec, changed: [], reason: '' } as const;
    await expect(supervisor.apply(adjust, 'fleet')).rejects.toThrow('there is no process g:x');
  });
});
