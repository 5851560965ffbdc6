/** The central history as fleetctl shows it. These fields are what `-o json` prints. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { GroupChanges, Outcome, TargetResult } from './command.ts';
import type { ConfigPhase, Generation, RevisionRef } from './host.ts';
import type { Exit, Layer, LogStream, ProcessName, ProcessState } from './process.ts';
import type { Scope } from './scope.ts';

export interface ProcessTransition {
  readonly kind: 'transition';
  readonly process: ProcessName;
  readonly from: ProcessState;
  readonly to: ProcessState;
  readonly run: number;
  readonly pid: number | undefined;
  readonly tries: number;
  readonly exit: Exit | undefined;
  readonly expected: boolean;
  readonly spawnError: string | undefined;
}

export interface ProcessCrash {
  readonly kind: 'crash';
  readonly process: ProcessName;
  readonly run: number;
  readonly pid: number | undefined;
  readonly exit: Exit | undefined;
  readonly fatal: boolean;
  readonly spawnError: string | undefined;
  readonly startedAt: Date | undefined;
  readonly ranForMs: number;
  /** The last lines it wrote. */
  readonly lastOutput: string;
  readonly lastOutputStream: LogStream;
  readonly generation: Generation | undefined;
  readonly outOfMemory: boolean;
}

/** Crashes beyond the first ten of a process in a minute. */
export interface CrashRepeat {
  readonly kind: 'crash-repeat';
  readonly process: ProcessName;
  readonly count: number;
  readonly firstAt: Date | undefined;
  readonly lastAt: Date | undefined;
  readonly lastExit: Exit | undefined;
}

export interface ConfigChanged {
  readonly kind: 'config-changed';
  /** Absent for a reread or update of the host's own files. */
  readonly to: Generation | undefined;
  readonly phase: ConfigPhase;
  readonly problems: readonly ConfigProblem[];
  readonly changes: GroupChanges | undefined;
}

export interface CommandDone {
  readonly kind: 'command-done';
  readonly commandId: string;
  readonly actor: string;
  readonly verb: string;
  readonly targets: readonly string[];
  readonly outcome: Outcome;
  readonly results: readonly TargetResult[];
}

export interface RolloutChanged {
  readonly kind: 'rollout-changed';
  readonly rolloutId: string;
  readonly state: string;
  readonly reason: string;
  readonly to: readonly RevisionRef[];
}

export interface EventsDropped {
  readonly kind: 'events-dropped';
  readonly ranges: readonly { readonly first: number; readonly last: number }[];
  readonly count: number;
  /** How many of each kind. */
  readonly kinds: readonly { readonly kind: string; readonly count: number }[];
}

/** How a life ended, of an agent or of the controller; undefined from a version that does not say. */
export type PreviousEnd = 'first-start' | 'orderly' | 'crash' | 'upgrade' | undefined;

export interface AgentStarted {
  readonly kind: 'agent-started';
  readonly agentVersion: string;
  readonly bootId: string;
  readonly pid: number;
  readonly previousEnd: PreviousEnd;
  /** Programs that were running already and were taken over. */
  readonly adopted: number;
  readonly previousVersion: string | undefined;
}

/** A process ended while no agent lived. */
export interface OutputLost {
  readonly kind: 'output-lost';
  readonly process: ProcessName;
  readonly run: number;
  readonly streams: readonly LogStream[];
  /** The most that can be lost of each stream. */
  readonly bytesMax: number;
}

export type EventBody =
  | ProcessTransition
  | ProcessCrash
  | CrashRepeat
  | ConfigChanged
  | CommandDone
  | RolloutChanged
  | EventsDropped
  | AgentStarted
  | OutputLost
  | { readonly kind: 'controller-started'; readonly version: string; readonly previousEnd: PreviousEnd }
  | { readonly kind: 'agent-stopping'; readonly reason: string }
  /** It has not ended after all. */
  | { readonly kind: 'agent-went-on'; readonly reason: string }
  | { readonly kind: 'host-connected'; readonly address: string; readonly session: number }
  | { readonly kind: 'host-disconnected'; readonly session: number; readonly reason: string }
  | {
      readonly kind: 'identity-conflict';
      readonly name: string;
      readonly otherHostId: string;
      readonly address: string;
    }
  | { readonly kind: 'group-changed'; readonly group: string; readonly layer: Layer; readonly added: boolean }
  /** Of a kind that this fleetctl has not heard of. */
  | { readonly kind: 'other' };

export type EventKind = EventBody['kind'];

export interface StoredEvent {
  /** The controller's commit order: the only cursor. */
  readonly position: number;
  readonly hostId: string;
  /** Empty for an event of the controller itself. */
  readonly host: string;
  readonly epoch: string;
  readonly seq: number;
  /** By the host's clock. */
  readonly at: Date | undefined;
  /** By the controller's clock. */
  readonly receivedAt: Date | undefined;
  readonly body: EventBody;
}

export interface EventQuery {
  readonly scope: Scope;
  readonly targets: readonly string[];
  /** Empty for all. */
  readonly kinds: readonly EventKind[];
  /** After this position; undefined: begin with the newest. */
  readonly after: number | undefined;
  /** How many of the newest to begin with. */
  readonly newest: number;
  readonly sinceUs: bigint | undefined;
  readonly follow: boolean;
}

export interface CrashQuery {
  readonly scope: Scope;
  readonly targets: readonly string[];
  readonly limit: number;
  readonly sinceUs: bigint | undefined;
}
