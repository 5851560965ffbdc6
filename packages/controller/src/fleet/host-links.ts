/** Port: the way to the hosts that are connected now. The link implements it; nobody here knows what a session is made of. */
import type { Action } from './action.ts';
import type { GenerationRef, RevisionRef } from './generation.ts';
import type { LogStreamName } from './logs.ts';
import type { ProcessName } from './process-status.ts';

export interface OfferedFile extends RevisionRef {
  readonly content: Uint8Array;
}

/** What may be said to a host. */
export type HostMessage =
  | {
      readonly kind: 'offer';
      readonly nonce: string;
      readonly to: GenerationRef;
      /** The whole desired state, in order of name. */
      readonly files: readonly OfferedFile[];
      readonly rolloutId: string;
      /** When the controller stops waiting, by its wall clock; 0n: it does not wait. */
      readonly deadlineUs: bigint;
    }
  | {
      readonly kind: 'command';
      readonly commandId: string;
      readonly actor: string;
      readonly reason: string;
      readonly action: Action;
      /** How long from receipt it may wait to be begun. */
      readonly ttlMs: number;
    }
  /** Keeps one that has not come from being begun, and asks what became of it. */
  | { readonly kind: 'cancelCommand'; readonly commandId: string }
  | {
      readonly kind: 'openLog';
      readonly streamId: string;
      readonly process: ProcessName;
      readonly stream: LogStreamName;
      readonly tailBytes: number;
      readonly follow: boolean;
    }
  | { readonly kind: 'closeLog'; readonly streamId: string };

export interface HostLinks {
  /**
   * Hands a message to the host's session, in order and without waiting. False when there is none, or when the host
   * takes messages so slowly that its session is cut: then nothing was sent.
   */
  send(hostId: string, message: HostMessage): boolean;
}
