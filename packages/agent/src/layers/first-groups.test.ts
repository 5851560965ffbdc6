import { describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../supervision/testing/specs.ts';
import { superviseFake } from '../supervision/testing/supervised-world.ts';
import { startFresh } from './fixtures/start-fresh.ts';
import { oneOfEachName } from './one-of-each-name.ts';

describe('addFirstGroups', () => {
  it('starts both layers together by priority, the host first among equals', async () => {
    const { supervisor, host, pass } = superviseFake();
    const local = [groupSpec('late', { priority: 9 }), groupSpec('mine')];
    const fleet = [groupSpec('theirs'), groupSpec('first', { priority: 1 })];
    startFresh(supervisor, local, fleet, []);
    await pass(2);
    expect(host.launches.map(({ spec }) => spec.name)).toEqual(['first', 'late', 'mine', 'theirs']);
    expect(supervisor.groups().map(({ layer }) => layer)).toEqual(['fleet', 'local', 'local', 'fleet']);
  });

  it('keeps down what a person had stopped, process by process, and what is gone does not matter', async () => {
    const { supervisor, host, pass } = superviseFake();
    const processes = ['a', 'b'].map((name) => processSpec(name));
    const stopped = [
      { group: 'pool', name: 'a' },
      { group: 'gone', name: 'gone' },
    ];
    startFresh(supervisor, [groupSpec('pool', { processes })], [], stopped);
    await pass(2);
    expect(host.launches.map(({ spec }) => spec.name)).toEqual(['b']);
    expect(supervisor.status({ group: 'pool', name: 'a' })).toMatchObject({ state: 'STOPPED', stoppedByHand: true });
  });
});

describe('oneOfEachName', () => {
  it('takes the first of two of one name, as Supervisor does', () => {
    const groups = oneOfEachName([groupSpec('web', { priority: 1 }), groupSpec('web'), groupSpec('db')]);
    expect(groups.map(({ name, priority }) => [name, priority])).toEqual([
      ['web', 1],
      ['db', 999],
    ]);
  });
});
