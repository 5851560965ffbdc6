/** Hosts and their processes from the wire. */
import {
  type GetFleetResponse,
  HostPresence,
  type ListProcessesResponse,
  type Host as WireHost,
} from '@fleetvisor/protocol/api';
import {
  ConfigPhase,
  type GenerationRef,
  type ProcessName,
  type RevisionRef as WireRevisionRef,
} from '@fleetvisor/protocol/common';
import type { Fleet, Generation, Host, ConfigPhase as PhaseWord, Presence, RevisionRef } from '../host.ts';
import type { HostProcesses } from '../process.ts';
import { problemFromWire } from './command.ts';
import { statusFromWire } from './process.ts';
import { milliseconds, moment, wordOf } from './words.ts';

const presenceWords = {
  [HostPresence.UNRECOGNIZED]: 'disconnected',
  [HostPresence.UNSPECIFIED]: 'disconnected',
  [HostPresence.ONLINE]: 'online',
  [HostPresence.SUSPECT]: 'suspect',
  [HostPresence.DISCONNECTED]: 'disconnected',
  [HostPresence.PLANNED_OFFLINE]: 'offline',
  [HostPresence.UPGRADING]: 'upgrading',
  [HostPresence.LOST]: 'lost',
} as const satisfies Record<HostPresence, Presence>;

const phaseWords = {
  [ConfigPhase.UNRECOGNIZED]: 'unknown',
  [ConfigPhase.UNSPECIFIED]: 'unknown',
  [ConfigPhase.ACCEPTED]: 'accepted',
  [ConfigPhase.REJECTED]: 'rejected',
  [ConfigPhase.APPLYING]: 'applying',
  [ConfigPhase.APPLIED]: 'applied',
  [ConfigPhase.FAILED]: 'failed',
  [ConfigPhase.REVERTED]: 'reverted',
} as const satisfies Record<ConfigPhase, PhaseWord>;

export function fleetFromWire(fleet: GetFleetResponse): Fleet {
  return {
    version: fleet.version,
    fleetId: fleet.fleetId,
    incarnation: fleet.incarnation,
    startedAt: moment(fleet.startedAtUs),
    hostCount: fleet.hostCount,
    onlineCount: fleet.onlineCount,
    position: Number(fleet.position),
  };
}

export function hostFromWire(host: WireHost): Host {
  const lastAttempt = generationFromWire(host.lastAttempt);
  return {
    id: host.hostId,
    name: host.name,
    hostGroups: host.hostGroups,
    labels: host.labels,
    presence: wordOf<Presence>(presenceWords, host.presence, 'disconnected'),
    silentForMs: milliseconds(host.silentForUs),
    lastSeen: moment(host.lastSeenUs),
    firstSeen: moment(host.firstSeenUs),
    agentVersion: host.agentVersion,
    hostname: host.hostname,
    os: host.os,
    address: host.address,
    clockSkewMs: milliseconds(host.clockSkewUs),
    clockRoundTripMs: host.clockRoundTripUs === 0n ? undefined : Number(host.clockRoundTripUs) / 1000,
    clockOff: host.clockOff,
    rival: host.rival && { address: host.rival.address, hostId: host.rival.hostId, at: moment(host.rival.atUs) },
    desired: generationFromWire(host.desired),
    running: generationFromWire(host.running),
    lastAttempt:
      lastAttempt === undefined
        ? undefined
        : {
            generation: lastAttempt,
            phase: phaseFromWire(host.lastAttemptPhase),
            problems: host.lastAttemptProblems.map(problemFromWire),
          },
    lastKnownGood: generationFromWire(host.lastKnownGood),
    files: host.files.map(revisionRefFromWire),
    rolloutPending: host.rolloutPending,
    processCount: host.processCount,
    runningCount: host.runningCount,
    processesUnknown: host.processesUnknown,
  };
}

export function hostProcessesFromWire(host: WireHost, answer: ListProcessesResponse): HostProcesses {
  const lastKnown = new Map(answer.lastKnown.map((status) => [keyOf(status.process), status]));
  return {
    host: hostFromWire(host),
    ageMs: milliseconds(answer.ageUs),
    processes: answer.processes.map((status) => statusFromWire(status, lastKnown.get(keyOf(status.process)))),
  };
}

export function generationFromWire(ref: GenerationRef | undefined): Generation | undefined {
  if (ref === undefined) return undefined;
  return { incarnation: ref.incarnation, generation: Number(ref.generation), hash: ref.hash };
}

export function phaseFromWire(phase: ConfigPhase): PhaseWord {
  return wordOf<PhaseWord>(phaseWords, phase, 'unknown');
}

export function revisionRefFromWire(ref: WireRevisionRef): RevisionRef {
  return { file: ref.file, revision: Number(ref.revision) };
}

/** Neither a group nor a process may have a colon in its name. */
function keyOf(process: ProcessName | undefined): string {
  return `${process?.group}:${process?.name}`;
}
