/** What targets on the command line mean: `NAME` for all hosts in scope, `HOST/NAME` for the hosts that HOST names. */
import { FleetError } from '@fleetvisor/primitives';
import type { Scope } from './client/scope.ts';

/** Targets that go to the same hosts. */
export interface TargetGroup {
  readonly scope: Scope;
  readonly targets: readonly string[];
}

/**
 * Targets with the hosts they are for, as few groups as will do. No targets make one group without any.
 * @throws FleetError `invalid` for HOST/NAME together with --host: which of the two is meant cannot be known.
 */
export function groupTargets(words: readonly string[], scope: Scope): readonly TargetGroup[] {
  if (words.length === 0) return [{ scope, targets: [] }];
  const byHost = new Map<string, string[]>();
  for (const { host, target } of words.map(parseTarget)) {
    const targets = byHost.get(host);
    if (targets === undefined) byHost.set(host, [target]);
    else if (!targets.includes(target)) targets.push(target);
  }
  const named = [...byHost.keys()].filter((host) => host !== '');
  if (named.length > 0 && scope.hosts.length > 0) {
    throw new FleetError('invalid', `give hosts in front of targets (${named[0]}/...) or with --host, not both`);
  }
  const groups = new Map<string, { hosts: string[]; targets: readonly string[] }>();
  for (const [host, targets] of byHost) {
    // Targets without a host are a group of their own: joined with others, their scope would become narrower.
    const key = JSON.stringify([host === '', targets.toSorted()]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { hosts: host === '' ? [] : [host], targets });
    else group.hosts.push(host);
  }
  return [...groups.values()].map(({ hosts, targets }) => ({
    scope: hosts.length === 0 ? scope : { ...scope, hosts },
    targets,
  }));
}

/** Whether it names every process there is. */
export function isEverything(target: string): boolean {
  return target === 'all' || target === '*' || target === '*:*' || target === '*:';
}

/** Supervisor allows no slash in the name of a group or process, so the first one ends the host. */
function parseTarget(word: string): { readonly host: string; readonly target: string } {
  const slash = word.indexOf('/');
  const host = slash === -1 ? '' : word.slice(0, slash);
  const target = word.slice(slash + 1);
  if (target === '' || slash === 0 || target.includes('/')) {
    throw new FleetError(
      'invalid',
      `'${word}' is not a target: write NAME, GROUP:NAME, GROUP:*, all, or HOST/ before one`,
    );
  }
  return { host, target };
}
