/** Which processes the targets of one group name, and which targets name none: asked before anything is shown of them. */
import type { FleetClient } from './client/fleet-client.ts';
import type { HostProcesses } from './client/process.ts';
import type { TargetGroup } from './targets.ts';
import { noneUnmatched, type Unmatched } from './unmatched-targets.ts';

export interface ListedProcesses {
  readonly hosts: readonly HostProcesses[];
  readonly unmatched: Unmatched;
}

export async function listProcesses(client: FleetClient, { scope, targets }: TargetGroup): Promise<ListedProcesses> {
  const hosts: HostProcesses[] = [];
  const missing: string[] = [];
  for await (const listing of client.processes(scope, targets)) {
    if (listing.kind === 'unmatched') missing.push(...listing.targets);
    else hosts.push({ host: listing.host, ageMs: listing.ageMs, processes: listing.processes });
  }
  return { hosts, unmatched: judged(missing, hosts) };
}

/** Of a host that is away its last processes count; one of which none are known may have anything. */
function judged(missing: readonly string[], hosts: readonly HostProcesses[]): Unmatched {
  if (missing.length === 0) return noneUnmatched;
  const unheard = hosts.flatMap(({ host }) => (!host.processesUnknown || host.processCount > 0 ? [] : [host.name]));
  if (unheard.length === 0) return { nowhere: missing, undecided: [] };
  return { nowhere: [], undecided: missing.map((target) => ({ target, hosts: unheard })) };
}
