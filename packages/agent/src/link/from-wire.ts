/** What the controller says, in the agent's own words; past this door a value is right or it is not there. Pure. */
import { FleetError, type Instant } from '@fleetvisor/primitives';
import { LogStream, type Action as WireAction } from '@fleetvisor/protocol/common';
import { ApplyMode, type Command, type ConfigOffer, type LogOpen } from '@fleetvisor/protocol/link';
import type { LinkMessage, Offer } from '../bridge/port.ts';
import type { Action } from '../supervision/action.ts';

/** @throws FleetError `invalid` when the controller breaks the contract. */
export function offerFromWire({ nonce, to, files, rolloutId, mode }: ConfigOffer): Offer {
  if (to === undefined) throw brokenContract('an offer without a generation');
  return { nonce, to, files, rolloutId, mode: mode === ApplyMode.COMPAT ? 'compat' : 'minimal' };
}

/** @returns undefined when this agent does not know what is asked: a newer controller's verb. */
export function commandFromWire(
  command: Command,
  receivedAt: Instant,
): (LinkMessage & { kind: 'command' }) | undefined {
  const { commandId, actor, reason, ttlMs } = command;
  const action = actionFromWire(command.action);
  return action && { kind: 'command', commandId, actor, reason, action, receivedAt, ttlMs };
}

/** @throws FleetError `invalid` when the controller breaks the contract. */
export function logOpenFromWire(open: LogOpen): LinkMessage & { kind: 'logOpen' } {
  const { streamId, process, stream, tailBytes, follow } = open;
  if (process === undefined) throw brokenContract('a LogOpen without a process');
  const name = stream === LogStream.STDERR ? 'stderr' : 'stdout';
  return { kind: 'logOpen', streamId, process, stream: name, tailBytes, follow };
}

function actionFromWire(action: WireAction | undefined): Action | undefined {
  switch (action?.verb?.$case) {
    case 'start':
      return { verb: 'start', targets: action.verb.value.targets };
    case 'stop':
      return { verb: 'stop', targets: action.verb.value.targets };
    case 'restart':
      return { verb: 'restart', targets: action.verb.value.targets };
    case 'signal':
      return { verb: 'signal', targets: action.verb.value.targets, signal: action.verb.value.signal };
    case 'clear':
      return { verb: 'clear', targets: action.verb.value.targets };
    case 'reread':
      return { verb: 'reread' };
    case 'update':
      return { verb: 'update', groups: action.verb.value.groups };
    case 'upgrade':
      return { verb: 'upgrade' };
    default:
      return undefined;
  }
}

export function brokenContract(what: string): FleetError {
  return new FleetError('invalid', `the controller sent ${what}: it does not keep to the protocol of this agent`);
}
