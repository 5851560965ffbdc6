import { FleetError } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { everyHost, type Scope, unmatchedNames } from './scope.ts';
import { type Selector, sameSelector, scopeMatcher, selectorMatcher } from './selector.ts';

const hosts = [
  { name: 'web1', hostGroups: ['web', 'canary'], labels: { region: 'eu' } },
  { name: 'web2', hostGroups: ['web'], labels: { region: 'us' } },
  { name: 'db1', hostGroups: ['db'], labels: { region: 'eu', tier: 'critical' } },
];
const nobody: Selector = { hosts: [], hostGroups: [], labels: [], all: false };

const cases: [string, Partial<Scope>, string[]][] = [
  ['nothing given', {}, ['web1', 'web2', 'db1']],
  ['a name', { hosts: ['web1'] }, ['web1']],
  ['globs are alternatives', { hosts: ['db*', '*2'] }, ['web2', 'db1']],
  ['host groups are alternatives', { hostGroups: ['canary', 'db'] }, ['web1', 'db1']],
  ['labels all hold', { labels: ['region=eu', 'tier'] }, ['db1']],
  ['fields all hold', { hosts: ['web*'], hostGroups: ['web'], labels: ['region=us'] }, ['web2']],
  ['nobody', { hosts: ['web*'], hostGroups: ['db'] }, []],
];

describe('scopeMatcher', () => {
  it.each(cases)('%s', (_name, scope, expected) => {
    const found = hosts.filter(scopeMatcher({ ...everyHost, ...scope }));
    expect(found.map(({ name }) => name)).toEqual(expected);
  });
});

describe('selectorMatcher', () => {
  it('means every host only when that is said on purpose', () => {
    expect(hosts.filter(selectorMatcher({ ...nobody, all: true }))).toEqual(hosts);
    expect(() => selectorMatcher(nobody)).toThrow(FleetError);
    expect(() => selectorMatcher({ ...nobody, all: true, hosts: ['web1'] })).toThrow(/one or the other/);
  });

  it('is the same whatever the order of its parts', () => {
    const a = { ...nobody, hosts: ['a', 'b'], labels: ['x', 'y'] };
    expect(sameSelector(a, { ...nobody, hosts: ['b', 'a', 'a'], labels: ['y', 'x'] })).toBe(true);
    expect(sameSelector(a, { ...nobody, hosts: ['a', 'b'], labels: ['x'] })).toBe(false);
  });
});

describe('unmatchedNames', () => {
  it('names what no host has', () => {
    const scope = { ...everyHost, hosts: ['web*', 'wbe1'], hostGroups: ['db', 'dbs'] };
    expect(unmatchedNames(scope, hosts)).toEqual(["'wbe1'", "host group 'dbs'"]);
  });
});
