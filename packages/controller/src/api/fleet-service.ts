/** FleetService: the fleet, its hosts and their processes. */
import type { FleetServiceService } from '@fleetvisor/protocol/api';
import { hostsInScope } from '../fleet/hosts-in-scope.ts';
import { everyHost } from '../fleet/scope.ts';
import { targetsMatcher, unmatchedTargets } from '../fleet/targets.ts';
import type { Fleet } from '../start-fleet.ts';
import { statusToWire } from '../wire/status.ts';
import type { ServiceMethods } from './call.ts';
import { scopeFromWire } from './from-wire.ts';
import { hostToWire } from './to-wire.ts';

/** What a controller says of itself. */
export interface About {
  readonly version: string;
  /** By its wall clock. */
  readonly startedAtUs: bigint;
}

export function fleetService(fleet: Fleet, about: About): ServiceMethods<typeof FleetServiceService> {
  const { live, rollouts, store } = fleet;
  return {
    async getFleet() {
      const hosts = live.hosts(everyHost);
      return {
        ...about,
        fleetId: store.fleetId,
        incarnation: store.incarnation,
        hostCount: hosts.length,
        onlineCount: hosts.filter((host) => host.presence === 'online').length,
        position: await store.events.newestPosition(),
      };
    },

    async listHosts(request) {
      const hosts = hostsInScope(live, scopeFromWire(request.scope));
      return { hosts: hosts.map((host) => hostToWire(host, rollouts.isPending(host.hostId))) };
    },

    async *listProcesses(request) {
      const isTarget = targetsMatcher(request.targets);
      let unmatched: readonly string[] = request.targets;
      for (const host of hostsInScope(live, scopeFromWire(request.scope))) {
        const table = live.processes(host.hostId);
        if (table === undefined) continue; // forgotten while this was being answered
        const names = table.processes.map((status) => status.process);
        unmatched = unmatchedTargets(unmatched, names);
        yield {
          host: hostToWire(host, rollouts.isPending(host.hostId)),
          processes: table.processes.filter((status) => isTarget(status.process)).map(statusToWire),
          ageUs: table.ageUs,
          lastKnown: table.lastKnown.filter((status) => isTarget(status.process)).map(statusToWire),
          unmatchedTargets: [],
        };
      }
      if (unmatched.length > 0) {
        yield { host: undefined, processes: [], ageUs: 0n, lastKnown: [], unmatchedTargets: [...unmatched] };
      }
    },

    async forgetHost(request) {
      return { hostId: await live.forget(request.name) };
    },
  };
}
