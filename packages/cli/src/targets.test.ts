import { describe, expect, it } from 'vitest';
import { everyHost, type Scope } from './client/scope.ts';
import { groupTargets, isEverything } from './targets.ts';

const web: Scope = { ...everyHost, hostGroups: ['web'] };

function onHosts(...hosts: string[]): Scope {
  return { ...everyHost, hosts };
}

describe('groupTargets', () => {
  it('keeps targets without a host together, in their order', () => {
    expect(groupTargets(['b', 'a', 'b'], web)).toEqual([{ scope: web, targets: ['b', 'a'] }]);
    expect(groupTargets([], web)).toEqual([{ scope: web, targets: [] }]);
  });

  it('narrows the scope to the host in front', () => {
    expect(groupTargets(['web*/api:*'], web)).toEqual([{ scope: { ...web, hosts: ['web*'] }, targets: ['api:*'] }]);
  });

  it('joins hosts with the same targets, and no others', () => {
    expect(groupTargets(['web1/cat', 'web2/cat', 'db1/x', 'cat'], everyHost)).toEqual([
      { scope: onHosts('web1', 'web2'), targets: ['cat'] },
      { scope: onHosts('db1'), targets: ['x'] },
      { scope: everyHost, targets: ['cat'] },
    ]);
  });

  it('never lets a target without a host widen or narrow one with it', () => {
    expect(groupTargets(['all', 'web1/all'], everyHost)).toEqual([
      { scope: everyHost, targets: ['all'] },
      { scope: onHosts('web1'), targets: ['all'] },
    ]);
  });

  it('refuses hosts said twice', () => {
    expect(() => groupTargets(['web1/cat'], onHosts('db1'))).toThrow(/not both/);
  });

  it.each(['', '/cat', 'web1/', 'a/b/c'])("refuses '%s'", (word) => {
    expect(() => groupTargets([word], everyHost)).toThrow(/is not a target/);
  });

  it('knows the ways to name everything', () => {
    expect(['all', '*', '*:*', '*:', 'api:*', 'a*'].filter(isEverything)).toEqual(['all', '*', '*:*', '*:']);
  });
});
