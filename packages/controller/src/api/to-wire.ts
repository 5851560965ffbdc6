/** What the domain answers, in the contract's messages. Tables are checked complete. */
import {
  type ConfigRevision,
  type Host,
  HostPresence,
  RolloutState as WireRolloutState,
  type StoredEvent as WireStoredEvent,
  HostTaskState as WireTaskState,
} from '@fleetvisor/protocol/api';
import {
  type LogStream,
  type GroupChanges as WireGroupChanges,
  type Outcome as WireOutcome,
  ConfigPhase as WirePhase,
  type TargetResult as WireTargetResult,
} from '@fleetvisor/protocol/common';
import type { GroupChanges, Outcome, TargetResult } from '../fleet/action.ts';
import { isClockOff } from '../fleet/clock-skew.ts';
import type { HostView, Presence } from '../fleet/host-view.ts';
import type { LogStreamName } from '../fleet/logs.ts';
import type { RevisionRecord } from '../store/configs.ts';
import { readEventBody } from '../store/event-body.ts';
import type { StoredEvent } from '../store/events.ts';
import type { HostTaskState, RolloutState } from '../store/rollouts.ts';
import { problemToWire } from '../wire/problem.ts';
import { outcomes, phases, streams } from '../wire/words.ts';

const presences = {
  online: HostPresence.ONLINE,
  suspect: HostPresence.SUSPECT,
  disconnected: HostPresence.DISCONNECTED,
  lost: HostPresence.LOST,
  'planned-offline': HostPresence.PLANNED_OFFLINE,
  upgrading: HostPresence.UPGRADING,
} as const satisfies Record<Presence, HostPresence>;

const taskStates = {
  pending: WireTaskState.PENDING,
  offered: WireTaskState.OFFERED,
  accepted: WireTaskState.ACCEPTED,
  applying: WireTaskState.APPLYING,
  healthy: WireTaskState.HEALTHY,
  rejected: WireTaskState.REJECTED,
  unhealthy: WireTaskState.UNHEALTHY,
  'timed-out': WireTaskState.TIMED_OUT,
  deferred: WireTaskState.DEFERRED,
  vanished: WireTaskState.VANISHED,
  superseded: WireTaskState.SUPERSEDED,
} as const satisfies Record<HostTaskState, WireTaskState>;

const rolloutStates = {
  running: WireRolloutState.RUNNING,
  succeeded: WireRolloutState.SUCCEEDED,
  'succeeded-with-deferred': WireRolloutState.SUCCEEDED_WITH_DEFERRED,
  failed: WireRolloutState.FAILED,
  superseded: WireRolloutState.SUPERSEDED,
} as const satisfies Record<RolloutState, WireRolloutState>;

export const outcomeToWire = (outcome: Outcome): WireOutcome => outcomes[outcome];
/** As the store has it: where the host may still tell, it is unknown until then. */
export function storedOutcomeToWire(stored: string): WireOutcome {
  return Object.hasOwn(outcomes, stored) ? outcomes[stored as Outcome] : outcomes.unknown;
}
export const streamToWire = (stream: LogStreamName): LogStream => streams[stream];
export const taskStateToWire = (state: HostTaskState): WireTaskState => taskStates[state];
export const rolloutStateToWire = (state: RolloutState): WireRolloutState => rolloutStates[state];

/** @param isPending a rollout started now would give it another desired state. */
export function hostToWire(host: HostView, isPending: boolean): Host {
  const { lastAttempt } = host.config;
  return {
    hostId: host.hostId,
    name: host.name,
    hostGroups: [...host.hostGroups],
    labels: { ...host.labels },
    presence: presences[host.presence],
    lastSeenUs: host.lastSeenUs,
    firstSeenUs: host.firstSeenUs,
    agentVersion: host.agentVersion,
    hostname: host.hostname,
    os: host.os,
    address: host.address,
    clockSkewUs: host.clock.skewUs,
    clockRoundTripUs: host.clock.roundTripUs,
    clockOff: isClockOff(host.clock),
    desired: host.desired,
    running: host.config.running,
    lastAttempt: lastAttempt?.ref,
    lastAttemptPhase: lastAttempt === undefined ? WirePhase.UNSPECIFIED : phases[lastAttempt.phase],
    lastAttemptProblems: (lastAttempt?.problems ?? []).map(problemToWire),
    lastKnownGood: host.config.lastKnownGood,
    files: [...host.files],
    rolloutPending: isPending,
    processCount: host.processCount,
    runningCount: host.runningCount,
    silentForUs: host.silentForUs,
    processesUnknown: host.areProcessesUnknown,
    rival: host.rival && { ...host.rival },
  };
}

export function targetResultToWire(result: TargetResult): WireTargetResult {
  return { ...result, outcome: outcomes[result.outcome] };
}

export function groupChangesToWire(changes: GroupChanges): WireGroupChanges {
  return { added: [...changes.added], changed: [...changes.changed], removed: [...changes.removed] };
}

/** @param stable the revision of the file that is stable; 0n for none. */
export function revisionToWire(
  revision: RevisionRecord,
  stable: bigint,
  content: 'whole' | 'no content',
): ConfigRevision {
  const { selector } = revision;
  return {
    ...revision,
    selector: {
      hosts: [...selector.hosts],
      hostGroups: [...selector.hostGroups],
      labels: [...selector.labels],
      all: selector.all,
    },
    content: content === 'whole' ? Buffer.from(revision.content) : Buffer.alloc(0),
    stable: revision.revision === stable,
  };
}

export function eventToWire(event: StoredEvent): WireStoredEvent {
  return {
    position: event.position,
    hostId: event.hostId,
    host: event.host,
    epoch: event.epoch,
    seq: event.seq,
    atUs: event.atUs,
    receivedAtUs: event.receivedAtUs,
    body: { kind: readEventBody(event) },
  };
}
