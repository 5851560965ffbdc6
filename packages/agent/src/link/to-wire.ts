/** What the agent says, in the words of the wire. Pure; status has a file of its own. */
import type { ConfigProblem } from '@fleetvisor/config';
import {
  Outcome as WireOutcome,
  ConfigPhase as WirePhase,
  type ConfigProblem as WireProblem,
  type TargetResult as WireResult,
} from '@fleetvisor/protocol/common';
import {
  CommandPhase,
  CommandUpdate,
  GoodbyeReason,
  type Heartbeat,
  type Hello,
  type HostFacts,
  type SessionRequest,
  type ConfigFacts as WireFacts,
} from '@fleetvisor/protocol/link';
import type { ConfigFacts, ConfigPhase, EngineMessage, Introduction, OfferStatus } from '../bridge/port.ts';
import type { ActionResult, Outcome, TargetResult } from '../supervision/action.ts';

/** Versions of the protocol that this agent speaks. */
export const protocolVersions = { min: 1, max: 1 } as const;

const wirePhases = {
  accepted: WirePhase.ACCEPTED,
  rejected: WirePhase.REJECTED,
  applying: WirePhase.APPLYING,
  applied: WirePhase.APPLIED,
  failed: WirePhase.FAILED,
  reverted: WirePhase.REVERTED,
} as const satisfies Record<ConfigPhase, WirePhase>;

const wireOutcomes = {
  ok: WireOutcome.OK,
  'no-change': WireOutcome.NO_CHANGE,
  failed: WireOutcome.FAILED,
  rejected: WireOutcome.REJECTED,
  expired: WireOutcome.EXPIRED,
  cancelled: WireOutcome.CANCELLED,
  unknown: WireOutcome.UNKNOWN,
  'no-match': WireOutcome.NO_MATCH,
} as const satisfies Record<Outcome, WireOutcome>;

const goodbyes = { stop: GoodbyeReason.STOP, upgrade: GoodbyeReason.UPGRADE } as const;

/** @param stateVersion where the process table stands. */
export function hello(
  introduction: Introduction,
  facts: HostFacts,
  stateVersion: number,
  wallTimeUs: bigint,
): SessionRequest {
  const { epoch, firstSeq, nextSeq, ackedSeq } = introduction;
  const value: Hello = {
    hostId: introduction.hostId,
    name: introduction.name,
    hostGroups: [...introduction.hostGroups],
    labels: { ...introduction.labels },
    facts,
    bootId: introduction.bootId,
    engineInstanceId: introduction.engineInstanceId,
    engineStartedAtUs: introduction.engineStartedAtUs,
    agentVersion: introduction.agentVersion,
    protocolMin: protocolVersions.min,
    protocolMax: protocolVersions.max,
    capabilities: [],
    wallTimeUs,
    fleetId: introduction.fleetId,
    incarnation: introduction.incarnation,
    events: { epoch, firstSeq, nextSeq, ackedSeq },
    config: factsToWire(introduction.config),
    localDigest: introduction.localDigest,
    stateVersion: BigInt(stateVersion),
  };
  return { body: { $case: 'hello', value } };
}

export function eventBatch({ epoch, events }: EngineMessage & { kind: 'events' }): SessionRequest {
  const wire = events.map(({ seq, atUs, body }) => ({ seq, atUs, body: bufferOf(body) }));
  return { body: { $case: 'events', value: { epoch, events: wire } } };
}

export function configStatus({ nonce, to, phase, problems, running, results }: OfferStatus): SessionRequest {
  return {
    body: {
      $case: 'configStatus',
      value: {
        nonce,
        to,
        phase: wirePhases[phase],
        problems: problems.map(problemToWire),
        running,
        results: results.map(resultToWire),
      },
    },
  };
}

export function commandAccepted(commandId: string): SessionRequest {
  const value = CommandUpdate.fromPartial({ commandId, phase: CommandPhase.ACCEPTED });
  return { body: { $case: 'commandUpdate', value } };
}

export function commandDone(commandId: string, result: ActionResult): SessionRequest {
  const { changes } = result;
  const value: CommandUpdate = {
    commandId,
    phase: CommandPhase.DONE,
    outcome: wireOutcomes[result.outcome],
    results: result.results.map(resultToWire),
    changes:
      changes === undefined
        ? undefined
        : { added: [...changes.added], changed: [...changes.changed], removed: [...changes.removed] },
    message: result.message,
    problems: result.problems.map(problemToWire),
  };
  return { body: { $case: 'commandUpdate', value } };
}

export function heartbeat(value: Heartbeat): SessionRequest {
  return { body: { $case: 'heartbeat', value } };
}

export function goodbye(reason: 'stop' | 'upgrade'): SessionRequest {
  return { body: { $case: 'goodbye', value: { reason: goodbyes[reason], expectedBackMs: 0 } } };
}

/** The same bytes, for the generated code wants Node's Buffer. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function factsToWire({ running, lastAttempt, lastKnownGood }: ConfigFacts): WireFacts {
  return {
    running,
    lastAttempt: lastAttempt?.ref,
    lastAttemptPhase: lastAttempt === undefined ? WirePhase.UNSPECIFIED : wirePhases[lastAttempt.phase],
    lastAttemptProblems: lastAttempt?.problems.map(problemToWire) ?? [],
    lastKnownGood,
  };
}

/** What is allowed is said in the message: the wire has no place of its own for it. */
function problemToWire({ file, line, section = '', option = '', message, allowed }: ConfigProblem): WireProblem {
  const text = allowed === undefined ? message : `${message}; allowed: ${allowed}`;
  return { file, line, section, option, message: text };
}

function resultToWire({ target, process, outcome, message }: TargetResult): WireResult {
  return { target, process, outcome: wireOutcomes[outcome], message };
}
