/**
 * What engine and link say to each other, and the port they say it through. The engine is the truth; the link carries
 * it. Everything is a plain value that survives a structured clone. When either end closes, the other ends with it: the
 * link exits at once (it must not go on reporting a host whose engine is dead), the engine starts another link.
 */
import type { ConfigProblem } from '@fleetvisor/config';
import type { Instant } from '@fleetvisor/primitives';
import type { Action, ActionResult, TargetResult } from '../supervision/action.ts';
import type { ConfigPhase, GenerationRef } from '../supervision/generation.ts';
import type { ProcessName, ProcessStatus } from '../supervision/status.ts';

export type { ConfigPhase, GenerationRef };

/** Four facts stay apart; what is desired is the controller's own. */
export interface ConfigFacts {
  readonly running: GenerationRef | undefined;
  readonly lastAttempt:
    | { readonly ref: GenerationRef; readonly phase: ConfigPhase; readonly problems: readonly ConfigProblem[] }
    | undefined;
  readonly lastKnownGood: GenerationRef | undefined;
}

/** An event as it lies in the spool; `body` is an encoded EventBody and never changes. */
export interface SpooledEvent {
  readonly seq: bigint;
  readonly atUs: bigint;
  readonly body: Uint8Array;
}

/** How much of what follows an event is wanted; of one that alone is larger than allowed there is no smaller piece. */
export interface EventAsk {
  readonly afterSeq: bigint;
  readonly countMax: number;
  /** Of all bodies together; as much as there is room for in one message by default. */
  readonly bytesMax?: number;
}

/** Everything the link needs to say Hello. */
export interface Introduction {
  readonly hostId: string;
  readonly name: string;
  readonly hostGroups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly bootId: string;
  readonly engineInstanceId: string;
  readonly engineStartedAtUs: bigint;
  readonly agentVersion: string;
  /** Addresses HOST:PORT of the one controller, tried in turn. */
  readonly endpoints: readonly string[];
  /** Empty before the first session. */
  readonly fleetId: string;
  readonly incarnation: string;
  readonly epoch: string;
  readonly firstSeq: bigint;
  readonly nextSeq: bigint;
  readonly ackedSeq: bigint;
  readonly config: ConfigFacts;
  readonly localDigest: string;
}

export interface Offer {
  readonly nonce: string;
  readonly to: GenerationRef;
  readonly files: readonly { readonly name: string; readonly revision: bigint; readonly content: Uint8Array }[];
  readonly rolloutId: string;
  readonly mode: 'minimal' | 'compat';
}

export interface OfferStatus {
  readonly nonce: string;
  readonly to: GenerationRef;
  readonly phase: ConfigPhase;
  readonly problems: readonly ConfigProblem[];
  readonly running: GenerationRef | undefined;
  readonly results: readonly TargetResult[];
}

/** From the engine. */
export type EngineMessage =
  /** The first message, again when the host's name, groups, labels, epoch or endpoints change, and after each `disconnected`. */
  | { readonly kind: 'introduction'; readonly introduction: Introduction }
  /** The whole process table; the answer to snapshotWanted. */
  | { readonly kind: 'snapshot'; readonly version: number; readonly processes: readonly ProcessStatus[] }
  /** What changed since version `base`. */
  | {
      readonly kind: 'delta';
      readonly base: number;
      readonly version: number;
      readonly upserts: readonly ProcessStatus[];
      readonly removals: readonly ProcessName[];
    }
  /**
   * The answer to eventsWanted: at least one event, on disk, in order. `afterSeq` is that of the ask: the answer to an
   * ask of a session before is recognised by it.
   */
  | {
      readonly kind: 'events';
      readonly epoch: string;
      readonly afterSeq: bigint;
      readonly events: readonly SpooledEvent[];
    }
  | { readonly kind: 'offerStatus'; readonly status: OfferStatus }
  | { readonly kind: 'commandAccepted'; readonly commandId: string }
  | { readonly kind: 'commandDone'; readonly commandId: string; readonly result: ActionResult }
  | {
      readonly kind: 'logChunk';
      readonly streamId: string;
      readonly data: Uint8Array;
      readonly skippedBytes: number;
    }
  /** Empty error: the log ended in order. */
  | { readonly kind: 'logEnd'; readonly streamId: string; readonly error: string }
  | { readonly kind: 'pong'; readonly id: number; readonly nextSeq: bigint; readonly spoolBytes: number }
  /** The agent is about to end: say goodbye and exit. */
  | { readonly kind: 'stopping'; readonly reason: 'stop' | 'upgrade' };

/** From the link. */
export type LinkMessage =
  /** A session stands. */
  | {
      readonly kind: 'connected';
      readonly session: bigint;
      readonly fleetId: string;
      readonly incarnation: string;
      readonly ackedSeq: bigint;
    }
  /** A session, or an attempt at one, has ended. Permanent: no use trying before a person has changed something. */
  | { readonly kind: 'disconnected'; readonly reason: string; readonly isPermanent: boolean }
  | { readonly kind: 'snapshotWanted' }
  /** Asks for events after this one, once: answered when there are any. A newer ask replaces it. */
  | ({ readonly kind: 'eventsWanted' } & EventAsk)
  /** On the controller's disk. */
  | { readonly kind: 'acked'; readonly epoch: string; readonly upToSeq: bigint }
  | { readonly kind: 'offer'; readonly offer: Offer }
  | {
      readonly kind: 'command';
      readonly commandId: string;
      readonly actor: string;
      readonly reason: string;
      readonly action: Action;
      /** When it came: engine and link have one monotonic clock. */
      readonly receivedAt: Instant;
      /** How long from then it may wait to be begun. */
      readonly ttlMs: number;
    }
  | { readonly kind: 'commandCancel'; readonly commandId: string }
  | {
      readonly kind: 'logOpen';
      readonly streamId: string;
      readonly process: ProcessName;
      readonly stream: 'stdout' | 'stderr';
      readonly tailBytes: number;
      readonly follow: boolean;
    }
  | { readonly kind: 'logCredit'; readonly streamId: string; readonly bytes: number }
  | { readonly kind: 'logClose'; readonly streamId: string }
  | { readonly kind: 'ping'; readonly id: number };

/**
 * One end. Closing either ends `incoming` of both; what is sent after that goes nowhere. `send` never blocks and never drops; each class of message is bounded by asking first: events by
 * eventsWanted, logs by logCredit, status by there being one delta under way, commands by the controller's limit.
 */
export interface BridgeEnd<Out, In> extends AsyncDisposable {
  send(message: Out): void;
  /** How many bytes handed to `send` have not left yet; the sender of bulk waits while it is high. */
  readonly queuedBytes: number;
  readonly incoming: AsyncIterable<In>;
}

export type EngineEnd = BridgeEnd<EngineMessage, LinkMessage>;
export type LinkEnd = BridgeEnd<LinkMessage, EngineMessage>;
