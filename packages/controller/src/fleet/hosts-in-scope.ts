/** The hosts that a question is about. */
import type { HostView } from './host-view.ts';
import type { LiveFleet } from './live.ts';
import type { Scope } from './scope.ts';

/**
 * Who names hosts wants to hear of those that do not exist; who names none may well ask about an empty fleet.
 * @throws FleetError `not_found` naming what matches nothing; `invalid` when a label selector cannot be read.
 */
export function hostsInScope(live: LiveFleet, scope: Scope): readonly HostView[] {
  return namesHosts(scope) ? live.select(scope) : live.hosts(scope);
}

/**
 * The same as ids, for questions to the history: undefined for all, and for what concerns no host.
 * @throws as hostsInScope.
 */
export function hostIdsInScope(live: LiveFleet, scope: Scope): readonly string[] | undefined {
  return namesHosts(scope) ? live.select(scope).map((host) => host.hostId) : undefined;
}

function namesHosts(scope: Scope): boolean {
  return scope.hosts.length + scope.hostGroups.length + scope.labels.length > 0;
}
