/** CommandService: asks something of hosts, tells what came of it, and later again. */
import { FleetError } from '@fleetvisor/primitives';
import type {
  CommandServiceService,
  HostCommand as WireHost,
  CommandSummary as WireSummary,
} from '@fleetvisor/protocol/api';
import { Outcome, Action as WireAction } from '@fleetvisor/protocol/common';
import { CommandUpdate } from '@fleetvisor/protocol/link';
import { findCommand, type HostCommand } from '../fleet/command-history.ts';
import { hostIdsInScope } from '../fleet/hosts-in-scope.ts';
import type { Fleet } from '../start-fleet.ts';
import type { CommandSummary } from '../store/commands.ts';
import { problemToWire } from '../wire/problem.ts';
import type { ServiceMethods } from './call.ts';
import { actionFromWire, scopeFromWire } from './from-wire.ts';
import { groupChangesToWire, outcomeToWire, storedOutcomeToWire, targetResultToWire } from './to-wire.ts';

const commandsDefault = 50;
const commandsMax = 1000;

export function commandService(fleet: Fleet): ServiceMethods<typeof CommandServiceService> {
  const { live, store } = fleet;
  return {
    async *runCommand(request, call) {
      const hosts = live.select(scopeFromWire(request.scope));
      const command = {
        hostIds: hosts.map((host) => host.hostId),
        action: actionFromWire(request.action),
        actor: call.actor,
        reason: request.reason,
        timeoutMs: request.timeoutMs,
      };
      for await (const result of fleet.commands.run(command, call.signal)) {
        yield {
          commandId: result.commandId,
          hostId: result.hostId,
          host: result.host,
          outcome: outcomeToWire(result.outcome),
          results: result.results.map(targetResultToWire),
          changes: result.changes === undefined ? undefined : groupChangesToWire(result.changes),
          message: result.message,
          problems: result.problems.map(problemToWire),
        };
      }
    },

    async listCommands(request) {
      const limit = request.limit === 0 ? commandsDefault : request.limit;
      if (limit > commandsMax) throw new FleetError('invalid', `at most ${commandsMax} commands at once, not ${limit}`);
      const commands = await store.commands.list({
        hostIds: hostIdsInScope(live, scopeFromWire(request.scope)),
        before: request.beforeCommandId,
        sinceUs: request.sinceUs,
        isOpen: request.open,
        limit,
      });
      return { commands: commands.map(summaryToWire) };
    },

    async getCommand(request) {
      const { command, hosts } = await findCommand(store.commands, live, request.commandId);
      return { command: summaryToWire(command), hosts: hosts.map(hostToWire) };
    },
  };
}

function summaryToWire({ commandId, actor, reason, givenAtUs, ...summary }: CommandSummary): WireSummary {
  return {
    ...{ commandId, actor, reason, givenAtUs },
    action: WireAction.decode(summary.action),
    hostCount: summary.hostCount,
    underWayCount: summary.underWayCount,
    outcomes: [...summary.outcomes].map(([stored, count]) => ({ outcome: storedOutcomeToWire(stored), count })),
  };
}

/** A result is kept in the contract's own bytes. */
function hostToWire({ hostId, host, outcome, result, endedAtUs }: HostCommand): WireHost {
  const { results, changes, message, problems } = CommandUpdate.decode(result);
  const isUnderWay = outcome === '';
  return {
    ...{ hostId, host, results, changes, message, problems, endedAtUs },
    outcome: isUnderWay ? Outcome.UNSPECIFIED : storedOutcomeToWire(outcome),
  };
}
