import { describe, expect, it } from 'vitest';
import type { PlannedAction } from '../supervision/plan-action.ts';
import { groupSpec, processSpec } from '../supervision/testing/specs.ts';
import { superviseFake } from '../supervision/testing/supervised-world.ts';
import { applyPlan, failedStep, targetOf } from './apply-plan.ts';

const add = (name: string): PlannedAction => ({ kind: 'add-group', group: groupSpec(name), reason: '' });

describe('applyPlan', () => {
  it('goes on after a step that fails, and says which and why', async () => {
    const { supervisor, pass } = superviseFake();
    supervisor.addGroup(groupSpec('web'), 'local');
    const { steps, settled } = await applyPlan(supervisor, [add('web'), add('other')], 'fleet');
    await pass(2);
    expect(steps.map(({ error }) => error)).toEqual([
      'cannot add process group web: it is active already, from the local layer',
      '',
    ]);
    expect(steps.map(failedStep)[0]).toMatchObject({ target: 'web', outcome: 'failed' });
    expect(await settled).toMatchObject([{ target: 'other', outcome: 'ok' }]);
  });

  it('settles with what became of all that was started', async () => {
    const { supervisor, pass } = superviseFake({ bad: { spawnError: 'no' } });
    const { settled } = await applyPlan(supervisor, [add('bad'), add('good')], 'local');
    await pass(2);
    expect((await settled).map(({ target, outcome }) => `${target} ${outcome}`)).toEqual(['bad failed', 'good ok']);
  });
});

describe('targetOf', () => {
  const group = groupSpec('pool', { processes: [processSpec('a', { group: 'pool' })] });
  const spec = processSpec('a', { group: 'pool' });

  it.each<[PlannedAction, string]>([
    [{ kind: 'remove-group', name: 'pool', reason: '' }, 'pool'],
    [{ kind: 'replace-group', group, reason: '' }, 'pool'],
    [{ kind: 'add-process', group, spec, reason: '' }, 'pool:a'],
    [{ kind: 'remove-process', group, process: { group: 'pool', name: 'a' }, reason: '' }, 'pool:a'],
  ])('names what the step is about: %j', (action, target) => {
    expect(targetOf(action)).toBe(target);
  });
});
