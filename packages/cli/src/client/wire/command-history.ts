/** Commands that were given, from the wire. */
import type {
  GetCommandResponse,
  HostCommand as WireHost,
  CommandSummary as WireSummary,
} from '@fleetvisor/protocol/api';
import { Outcome, type Action as WireAction } from '@fleetvisor/protocol/common';
import type { Action } from '../command.ts';
import type { CommandDetail, CommandSummary, HostCommand } from '../command-history.ts';
import { changesFromWire, outcomeFromWire, problemFromWire, resultFromWire } from './command.ts';
import { moment, textOrNone } from './words.ts';

export function commandFromWire(summary: WireSummary): CommandSummary {
  return {
    commandId: summary.commandId,
    actor: summary.actor,
    reason: textOrNone(summary.reason),
    action: actionFromWire(summary.action),
    givenAt: moment(summary.givenAtUs),
    hostCount: summary.hostCount,
    underWayCount: summary.underWayCount,
    outcomes: summary.outcomes.map(({ outcome, count }) => ({ outcome: outcomeFromWire(outcome), count })),
  };
}

export function detailFromWire({ command, hosts }: GetCommandResponse): CommandDetail | undefined {
  return command && { command: commandFromWire(command), hosts: hosts.map(hostFromWire) };
}

function hostFromWire(host: WireHost): HostCommand {
  return {
    hostId: host.hostId,
    host: host.host,
    outcome: host.outcome === Outcome.UNSPECIFIED ? undefined : outcomeFromWire(host.outcome),
    endedAt: moment(host.endedAtUs),
    results: host.results.map(resultFromWire),
    changes: changesFromWire(host.changes),
    message: host.message,
    problems: host.problems.map(problemFromWire),
  };
}

function actionFromWire(action: WireAction | undefined): Action | undefined {
  const verb = action?.verb;
  switch (verb?.$case) {
    case 'start':
    case 'stop':
    case 'restart':
    case 'clear':
      return { verb: verb.$case, targets: verb.value.targets };
    case 'signal':
      return { verb: 'signal', targets: verb.value.targets, signal: verb.value.signal };
    case 'update':
      return { verb: 'update', groups: verb.value.groups };
    case 'reread':
    case 'upgrade':
      return { verb: verb.$case };
    case undefined:
      return undefined;
  }
}
