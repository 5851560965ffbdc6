/** What the controller says to agents, in the contract's messages. */
import { assertNever } from '@fleetvisor/primitives';
import { EventBody, PreviousEnd, Action as WireAction } from '@fleetvisor/protocol/common';
import {
  ApplyMode,
  CommandPhase,
  CommandUpdate,
  type Reject,
  type SessionResponse,
  StateSnapshot,
  type Welcome,
} from '@fleetvisor/protocol/link';
import type { Action, ActionResult } from '../fleet/action.ts';
import type { CommandCodec } from '../fleet/commands.ts';
import type { HostMessage } from '../fleet/host-links.ts';
import type { StatusCodec } from '../fleet/live.ts';
import type { OwnEvent } from '../fleet/own-event.ts';
import { problemToWire } from '../wire/problem.ts';
import { statusToWire } from '../wire/status.ts';
import { outcomes, streams } from '../wire/words.ts';
import { statusFromWire } from './from-wire.ts';
import { type RefusalCode, refusals } from './words.ts';

/** Why there is no session. */
export interface Refusal {
  readonly code: RefusalCode;
  /** What happened, where, and what to do. */
  readonly message: string;
  /** Dialling again is of no use until a person has changed something. */
  readonly permanent: boolean;
  readonly retryAfterMs: number;
}

export function refusalToWire({ code, ...rest }: Refusal): SessionResponse {
  const value: Reject = { ...rest, code: refusals[code] };
  return { body: { $case: 'reject', value } };
}

export function welcomeToWire(value: Welcome): SessionResponse {
  return { body: { $case: 'welcome', value } };
}

export function hostMessageToWire(message: HostMessage): SessionResponse {
  switch (message.kind) {
    case 'offer': {
      const { nonce, to, rolloutId, deadlineUs } = message;
      const files = message.files.map(({ file, revision, content }) => ({
        name: file,
        revision,
        content: Buffer.from(content.buffer, content.byteOffset, content.byteLength),
      }));
      const mode = ApplyMode.MINIMAL;
      return { body: { $case: 'configOffer', value: { nonce, to, files, rolloutId, deadlineUs, mode } } };
    }
    case 'command': {
      const { kind: _, ...command } = message;
      return { body: { $case: 'command', value: { ...command, action: actionToWire(message.action) } } };
    }
    case 'cancelCommand':
      return { body: { $case: 'commandCancel', value: { commandId: message.commandId } } };
    case 'openLog': {
      const { kind: _, ...open } = message;
      return { body: { $case: 'logOpen', value: { ...open, stream: streams[message.stream] } } };
    }
    case 'closeLog':
      return { body: { $case: 'logClose', value: { streamId: message.streamId } } };
    default:
      return assertNever(message);
  }
}

/** How commands and their results are kept. */
export const commandCodec: CommandCodec = {
  encodeAction: (action) => WireAction.encode(actionToWire(action)).finish(),
  encodeResult: (commandId, result) => CommandUpdate.encode(resultToWire(commandId, result)).finish(),
};

/** How the processes of hosts are kept: as a host tells them. */
export const statusCodec: StatusCodec = {
  encode: (statuses) =>
    StateSnapshot.encode(StateSnapshot.fromPartial({ processes: statuses.map(statusToWire) })).finish(),
  decode: (bytes) => StateSnapshot.decode(bytes).processes.map(statusFromWire),
};

const previousEnds = {
  'first-start': PreviousEnd.FIRST_START,
  orderly: PreviousEnd.ORDERLY,
  crash: PreviousEnd.CRASH,
} as const;

/** An event of the controller's own, as it is stored. */
export function ownEventBody(event: OwnEvent): Uint8Array {
  return EventBody.encode({ kind: ownEventKind(event) }).finish();
}

function ownEventKind(event: OwnEvent): EventBody['kind'] {
  switch (event.kind) {
    case 'hostConnected':
      return { $case: event.kind, value: { address: event.address, session: event.session } };
    case 'hostDisconnected':
      return { $case: event.kind, value: { session: event.session, reason: event.reason } };
    case 'rolloutChanged': {
      const { rolloutId, state, reason, to } = event;
      return { $case: event.kind, value: { rolloutId, state, reason, to: [...to] } };
    }
    case 'controllerStarted': {
      const { version, previousEnd } = event;
      return { $case: event.kind, value: { version, previousEnd: previousEnds[previousEnd] } };
    }
    case 'identityConflict': {
      const { host, otherHostId, address } = event;
      return { $case: event.kind, value: { name: host, otherHostId, address } };
    }
    default:
      return assertNever(event);
  }
}

function actionToWire(action: Action): WireAction {
  switch (action.verb) {
    case 'start':
    case 'stop':
    case 'restart':
    case 'clear':
      return { verb: { $case: action.verb, value: { targets: [...action.targets] } } };
    case 'signal':
      return { verb: { $case: 'signal', value: { targets: [...action.targets], signal: action.signal } } };
    case 'reread':
      return { verb: { $case: 'reread', value: {} } };
    case 'update':
      return { verb: { $case: 'update', value: { groups: [...action.groups] } } };
    case 'upgrade':
      return { verb: { $case: 'upgrade', value: {} } };
    default:
      return assertNever(action);
  }
}

function resultToWire(commandId: string, result: ActionResult): CommandUpdate {
  const { added, changed, removed } = result.changes ?? { added: [], changed: [], removed: [] };
  return {
    commandId,
    phase: CommandPhase.DONE,
    outcome: outcomes[result.outcome],
    results: result.results.map((each) => ({ ...each, outcome: outcomes[each.outcome] })),
    changes: result.changes && { added: [...added], changed: [...changed], removed: [...removed] },
    message: result.message,
    problems: result.problems.map(problemToWire),
  };
}
