/** What to say to somebody whose words name no host. Pure. */
import { FleetError, isGlob } from '@fleetvisor/primitives';
import { didYouMean } from './close-names.ts';
import { type Scope, unmatchedNames } from './scope.ts';

/**
 * @param all every host there is
 * @param foundCount how many of them are in scope
 * @returns FleetError `not_found` naming what matches nothing; undefined when all is well
 */
export function nobodyInScope(
  scope: Scope,
  all: readonly { readonly name: string; readonly hostGroups: readonly string[] }[],
  foundCount: number,
): FleetError | undefined {
  const unknown = unmatchedNames(scope, all);
  if (unknown.length > 0) {
    const names = all.map((host) => host.name);
    const hints = scope.hosts
      .filter((name) => !isGlob(name) && !names.includes(name))
      .map((name) => didYouMean(name, names));
    const message = `no host matches ${unknown.join(', ')}${hints.join('')}: see 'fleetctl hosts'`;
    return new FleetError('not_found', message, { unknown });
  }
  if (foundCount > 0) return undefined;
  const message =
    all.length === 0 ? 'no host has joined the fleet yet' : "no host is in that scope: see 'fleetctl hosts'";
  return new FleetError('not_found', message);
}
