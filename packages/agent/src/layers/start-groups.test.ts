import { describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../supervision/testing/specs.ts';
import { superviseFake } from '../supervision/testing/supervised-world.ts';
import { runnableGroups } from './runnable-groups.ts';
import { startGroups } from './start-groups.ts';

describe('startGroups', () => {
  it('starts both layers together by priority, the host first among equals', async () => {
    const { supervisor, host, pass } = superviseFake();
    const local = [groupSpec('late', { priority: 9 }), groupSpec('mine')];
    const fleet = [groupSpec('theirs'), groupSpec('first', { priority: 1 })];
    startGroups(supervisor, local, fleet, []);
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
    startGroups(supervisor, [groupSpec('pool', { processes })], [], stopped);
    await pass(2);
    expect(host.launches.map(({ spec }) => spec.name)).toEqual(['b']);
    expect(supervisor.status({ group: 'pool', name: 'a' })).toMatchObject({ state: 'STOPPED', stoppedByHand: true });
  });
});

describe('runnableGroups', () => {
  it('leaves out what needs another protocol, and says where it stands', () => {
    const warnings: string[] = [];
    const listener = {
      ...groupSpec('l'),
      kind: 'eventlistener',
      bufferSize: 10,
      events: [],
      resultHandler: '',
    } as const;
    const groups = runnableGroups([groupSpec('web'), listener], (text) => warnings.push(text));
    expect(groups.map(({ name }) => name)).toEqual(['web']);
    expect(warnings).toEqual(['/etc/supervisord.conf:1: [eventlistener:l] is not run by this version of fleet-agent']);
  });

  it('takes the first of two of one name, as Supervisor does', () => {
    const groups = runnableGroups([groupSpec('web', { priority: 1 }), groupSpec('web')], () => {});
    expect(groups.map(({ priority }) => priority)).toEqual([1]);
  });

  it('says so where output would go to syslog', () => {
    const warnings: string[] = [];
    const web = processSpec('web');
    const processes = [{ ...web, stdout: { ...web.stdout, syslog: true } }];
    expect(runnableGroups([groupSpec('web', { processes })], (text) => warnings.push(text))).toHaveLength(1);
    expect(warnings).toEqual([
      '/etc/supervisord.conf:1: this version of fleet-agent does not send the output of web to syslog',
    ]);
  });
});
