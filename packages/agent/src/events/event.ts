/** One thing that happened on this host, in the domain's words; `toEventBody` makes the wire's EventBody of it. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { GroupChanges, Outcome, TargetResult } from '../supervision/action.ts';
import type { ConfigPhase, GenerationRef } from '../supervision/generation.ts';
import type { Transition } from '../supervision/process/effect.ts';
import type { Exit } from '../supervision/process/exit.ts';
import type { Layer, ProcessName } from '../supervision/status.ts';

/** A process ended unexpectedly, or became FATAL. */
export interface CrashEvent {
  readonly kind: 'crash';
  readonly process: ProcessName;
  readonly run: number;
  /** 0 when the last attempt made no child. */
  readonly pid: number;
  readonly exit: Exit | undefined;
  /** Start attempts were used up, and this is the state it rests in. */
  readonly fatal: boolean;
  readonly spawnError: string;
  /** Unix microseconds. */
  readonly startedAtUs: bigint;
  /** By the monotonic clock. */
  readonly ranForUs: number;
  /** At most 4 KiB. */
  readonly lastOutput: Uint8Array;
  readonly lastOutputStream: 'stdout' | 'stderr';
  /** The desired state that ran; undefined without a fleet layer. */
  readonly generation: GenerationRef | undefined;
}

/** Crashes of one process beyond the first ten of a minute. */
export interface CrashRepeatEvent {
  readonly kind: 'crashRepeat';
  readonly process: ProcessName;
  readonly count: number;
  /** Unix microseconds, as is lastAtUs. */
  readonly firstAtUs: bigint;
  readonly lastAtUs: bigint;
  readonly lastExit: Exit | undefined;
}

/** How the life of the agent before this one ended. `first-start`: there was none. */
export type PreviousEnd = 'first-start' | 'orderly' | 'crash' | 'upgrade';

export interface AgentStartedEvent {
  readonly kind: 'agentStarted';
  readonly agentVersion: string;
  readonly bootId: string;
  readonly pid: number;
  /** undefined where it is not known. */
  readonly previousEnd: PreviousEnd | undefined;
  /** Programs that were running already and were taken over. */
  readonly adopted: number;
  /** Empty where there was no life before, or none that is known of. */
  readonly previousVersion: string;
}

/** A process ended while no agent lived: what it wrote last to these streams may be lost. */
export interface OutputLostEvent {
  readonly kind: 'outputLost';
  readonly process: ProcessName;
  readonly run: number;
  readonly streams: readonly ('stdout' | 'stderr')[];
  /** The most that can be lost of each stream: what a pipe holds. */
  readonly bytesMax: number;
}

export type AgentEvent =
  | { readonly kind: 'transition'; readonly process: ProcessName; readonly transition: Transition }
  | CrashEvent
  | CrashRepeatEvent
  | AgentStartedEvent
  | { readonly kind: 'agentStopping'; readonly reason: string }
  /** After that: it has not ended, and why. */
  | { readonly kind: 'agentWentOn'; readonly reason: string }
  /** A phase of applying a desired state, or of a local reread or update (then `to` is undefined). */
  | {
      readonly kind: 'configChanged';
      readonly to: GenerationRef | undefined;
      readonly phase: ConfigPhase;
      readonly problems: readonly ConfigProblem[];
      readonly changes: GroupChanges | undefined;
    }
  | {
      readonly kind: 'commandDone';
      readonly commandId: string;
      readonly actor: string;
      readonly verb: string;
      readonly targets: readonly string[];
      readonly outcome: Outcome;
      readonly results: readonly TargetResult[];
    }
  | { readonly kind: 'groupChanged'; readonly group: string; readonly layer: Layer; readonly added: boolean }
  | OutputLostEvent
  /** A tombstone: what was dropped before it was sent, oldest first. Both ends of a range belong to it. */
  | {
      readonly kind: 'eventsDropped';
      readonly ranges: readonly { readonly first: bigint; readonly last: bigint }[];
      readonly count: number;
      /** How many of each kind; together they are `count`. */
      readonly kinds: readonly { readonly kind: string; readonly count: number }[];
    };

/** Where events go to be numbered and kept. Never blocks, never throws for want of room: a bound is the sink's own to keep. */
export interface EventSink {
  record(event: AgentEvent): void;
}
