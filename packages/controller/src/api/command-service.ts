/** CommandService: asks something of hosts, and tells what came of it. */
import type { CommandServiceService } from '@fleetvisor/protocol/api';
import type { Fleet } from '../start-fleet.ts';
import { problemToWire } from '../wire/problem.ts';
import type { ServiceMethods } from './call.ts';
import { actionFromWire, scopeFromWire } from './from-wire.ts';
import { groupChangesToWire, outcomeToWire, targetResultToWire } from './to-wire.ts';

export function commandService(fleet: Fleet): ServiceMethods<typeof CommandServiceService> {
  return {
    async *runCommand(request, call) {
      const hosts = fleet.live.select(scopeFromWire(request.scope));
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
  };
}
