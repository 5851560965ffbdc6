/** A host as people see it, at one moment. */
import type { ClockSkew } from './clock-skew.ts';
import type { ConfigFacts } from './config-facts.ts';
import type { GenerationRef, RevisionRef } from './generation.ts';
import type { ProcessStatus } from './process-status.ts';

/**
 * - online: connected, and heard of within one and a half heartbeat intervals
 * - suspect: silent for longer, or its stream has just broken; the lease still runs
 * - disconnected: the lease has ended: its processes are UNKNOWN
 * - lost: the same for a quarter of an hour
 * - planned-offline: it said goodbye
 * - upgrading: it said that it replaces itself; its lease still runs
 */
export const presences = ['online', 'suspect', 'disconnected', 'lost', 'planned-offline', 'upgrading'] as const;

export type Presence = (typeof presences)[number];

/** Who else has lately claimed what belongs to the host. */
export interface Rival {
  readonly address: string;
  /** The host's own: a copy of it. Another: its name alone is claimed. */
  readonly hostId: string;
  readonly atUs: bigint;
}

export interface HostView {
  readonly hostId: string;
  readonly name: string;
  readonly hostGroups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly presence: Presence;
  /** A session stands: commands, offers and logs can be sent. Never true while presence is planned-offline. */
  readonly isConnected: boolean;
  /** Controller's wall clock; from the store for a host not heard of since the controller started. */
  readonly lastSeenUs: bigint;
  /** How long ago that was, at the moment of answering. */
  readonly silentForUs: bigint;
  readonly firstSeenUs: bigint;
  readonly agentVersion: string;
  readonly hostname: string;
  readonly os: string;
  readonly address: string;
  readonly clock: ClockSkew;
  /** Somebody else claims to be this host, or its name; undefined when nobody has lately. */
  readonly rival: Rival | undefined;
  /** undefined until it joined. */
  readonly desired: GenerationRef | undefined;
  /** Of the desired state, in order of name. */
  readonly files: readonly RevisionRef[];
  /** It was heard of since the controller started: `config` is what it said, else nothing is known of it. */
  readonly hasReported: boolean;
  readonly config: ConfigFacts;
  readonly processCount: number;
  /** RUNNING as far as is known now: 0 while nothing is. */
  readonly runningCount: number;
  /** Nothing is known of its processes now: they are UNKNOWN. */
  readonly areProcessesUnknown: boolean;
}

export interface HostProcesses {
  /** In order of group and name; every state is UNKNOWN while nothing is known. */
  readonly processes: readonly ProcessStatus[];
  /** What it last reported, while they are UNKNOWN; else empty. */
  readonly lastKnown: readonly ProcessStatus[];
  /** How old what was reported is: how long the host has been silent. */
  readonly ageUs: bigint;
}

/** What `LiveFleet.subscribe` tells. It says where to look again, not what is there. */
export type FleetChange =
  | { readonly kind: 'host'; readonly hostId: string }
  | { readonly kind: 'processes'; readonly hostId: string }
  | { readonly kind: 'forgotten'; readonly hostId: string };
