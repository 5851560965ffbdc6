/** Which logs a person means: every process of the hosts that a target names. */
import { formatNamespec } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import { didYouMean } from './close-names.ts';
import type { HostView } from './host-view.ts';
import type { LiveFleet } from './live.ts';
import type { TailRequest } from './logs.ts';
import type { ProcessName } from './process-status.ts';
import { targetsMatcher, unmatchedTargets } from './targets.ts';

/** More than this no person can read, and each costs its host a file and its session a place. */
export const logsMax = 200;

/**
 * @throws FleetError `not_found` naming the targets that no host has; `invalid` when more logs are meant than one
 * reader may have.
 */
export function logTargets(
  live: LiveFleet,
  hosts: readonly HostView[],
  targets: readonly string[],
): TailRequest['targets'] {
  const isTarget = targetsMatcher(targets);
  const all = hosts.flatMap(({ hostId }) => {
    const processes = live.processes(hostId)?.processes ?? [];
    return processes.map(({ process }) => ({ hostId, process }));
  });
  const meant = all.filter(({ process }) => isTarget(process));
  const names = all.map(({ process }) => process);
  const missing = unmatchedTargets(targets, names);
  if (missing.length > 0 || meant.length === 0) throw notFound(missing, names, hosts);
  if (meant.length > logsMax) {
    const advice = 'name fewer processes, or fewer hosts with --host or --group';
    throw new FleetError('invalid', `cannot follow ${meant.length} logs at once, at most ${logsMax}: ${advice}`);
  }
  return meant;
}

function notFound(missing: readonly string[], names: readonly ProcessName[], hosts: readonly HostView[]): FleetError {
  const known = [...new Set(names.map(formatNamespec))];
  const named = missing.map((name) => `'${name}'${didYouMean(name, known)}`).join(', ');
  const what = named === '' ? 'no process' : `no process named ${named}`;
  const where = hosts.length === 1 ? `on ${hosts[0]?.name}` : `on any of ${hosts.length} hosts`;
  const away = hosts.filter((host) => !host.isConnected).map((host) => host.name);
  const silent = away.length === 0 ? '' : ` (not connected: ${away.slice(0, 5).join(', ')})`;
  return new FleetError('not_found', `${what} ${where}${silent}; fleetctl status shows what there is`, {
    targets: missing,
  });
}
