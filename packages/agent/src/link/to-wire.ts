/** What the agent says, in the words of the wire. Pure; status has a file of its own. */
import { ConfigPhase as WirePhase } from '@fleetvisor/protocol/common';
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
import type { ConfigFacts, EngineMessage, Introduction, OfferStatus } from '../bridge/port.ts';
import type { ActionResult } from '../supervision/action.ts';
import { changesToWire, outcomes, phases, problemToWire, resultToWire } from '../wire/to-wire.ts';

/** Versions of the protocol that this agent speaks. */
export const protocolVersions = { min: 1, max: 1 } as const;

/** How long an agent may take to replace itself; most of it is the start of the next one, on a busy machine. */
const upgradeMs = 5_000;

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
        phase: phases[phase],
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
    outcome: outcomes[result.outcome],
    results: result.results.map(resultToWire),
    changes: changes && changesToWire(changes),
    message: result.message,
    problems: result.problems.map(problemToWire),
  };
  return { body: { $case: 'commandUpdate', value } };
}

export function heartbeat(value: Heartbeat): SessionRequest {
  return { body: { $case: 'heartbeat', value } };
}

export function goodbye(reason: 'stop' | 'upgrade'): SessionRequest {
  const expectedBackMs = reason === 'upgrade' ? upgradeMs : 0;
  return { body: { $case: 'goodbye', value: { reason: goodbyes[reason], expectedBackMs } } };
}

/** The same bytes, for the generated code wants Node's Buffer. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function factsToWire({ running, lastAttempt, lastKnownGood }: ConfigFacts): WireFacts {
  return {
    running,
    lastAttempt: lastAttempt?.ref,
    lastAttemptPhase: lastAttempt === undefined ? WirePhase.UNSPECIFIED : phases[lastAttempt.phase],
    lastAttemptProblems: lastAttempt?.problems.map(problemToWire) ?? [],
    lastKnownGood,
  };
}
