/** A host as fleetctl shows it. These fields are what `-o json` prints: adding one is fine, renaming one is not. */
import type { ConfigProblem } from '@fleetvisor/config';

/**
 * - online: heard of lately
 * - suspect: silent for longer than it should be
 * - disconnected: silent for so long that its processes are UNKNOWN
 * - lost: the same for a quarter of an hour
 * - offline: it said goodbye
 * - upgrading: its agent replaces itself and is back in a moment
 */
export type Presence = 'online' | 'suspect' | 'disconnected' | 'lost' | 'offline' | 'upgrading';

/** A desired state by identity. */
export interface Generation {
  readonly incarnation: string;
  readonly generation: number;
  readonly hash: string;
}

export interface RevisionRef {
  readonly file: string;
  readonly revision: number;
}

export type ConfigPhase = 'accepted' | 'rejected' | 'applying' | 'applied' | 'failed' | 'reverted' | 'unknown';

export interface ConfigAttempt {
  readonly generation: Generation;
  readonly phase: ConfigPhase;
  readonly problems: readonly ConfigProblem[];
}

export interface Host {
  readonly id: string;
  readonly name: string;
  readonly hostGroups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly presence: Presence;
  /** How long ago the controller last heard of it, at the moment of answering. */
  readonly silentForMs: number;
  readonly lastSeen: Date | undefined;
  readonly firstSeen: Date | undefined;
  readonly agentVersion: string;
  readonly hostname: string;
  readonly os: string;
  readonly address: string;
  /** The host's wall clock minus the controller's. */
  readonly clockSkewMs: number;
  /** It is known to half of this; undefined before it was measured. */
  readonly clockRoundTripMs: number | undefined;
  /** By more than two seconds, for certain. */
  readonly clockOff: boolean;
  /** Who else has lately claimed to be this host (the same id) or its name. */
  readonly rival: { readonly address: string; readonly hostId: string; readonly at: Date | undefined } | undefined;
  readonly desired: Generation | undefined;
  readonly running: Generation | undefined;
  readonly lastAttempt: ConfigAttempt | undefined;
  readonly lastKnownGood: Generation | undefined;
  /** The files of the desired state. */
  readonly files: readonly RevisionRef[];
  /** It would get another desired state if a rollout were started now. */
  readonly rolloutPending: boolean;
  readonly processCount: number;
  /** 0 while nothing is known. */
  readonly runningCount: number;
  /** Nothing is known of its processes now: they are UNKNOWN. */
  readonly processesUnknown: boolean;
}

/** The controller in one line. */
export interface Fleet {
  readonly version: string;
  readonly fleetId: string;
  readonly incarnation: string;
  readonly startedAt: Date | undefined;
  readonly hostCount: number;
  readonly onlineCount: number;
  /** Of the newest event in the central history. */
  readonly position: number;
}
