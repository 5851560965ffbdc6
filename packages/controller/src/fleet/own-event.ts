/** What the controller itself has to say in the central history, and the port through which it says it. */
import type { RevisionRef } from './generation.ts';

export type OwnEvent =
  | {
      readonly kind: 'hostConnected';
      readonly hostId: string;
      readonly host: string;
      readonly session: bigint;
      readonly address: string;
    }
  | {
      readonly kind: 'hostDisconnected';
      readonly hostId: string;
      readonly host: string;
      readonly session: bigint;
      readonly reason: string;
    }
  | {
      readonly kind: 'rolloutChanged';
      readonly rolloutId: string;
      readonly state: string;
      readonly reason: string;
      readonly to: readonly RevisionRef[];
    }
  /** The controller itself, of this life. */
  | {
      readonly kind: 'controllerStarted';
      readonly version: string;
      readonly previousEnd: 'first-start' | 'orderly' | 'crash';
    }
  /** Two machines claim to be one host, or two hosts claim one name. */
  | {
      readonly kind: 'identityConflict';
      /** Whose identity or name it is. */
      readonly hostId: string;
      readonly host: string;
      /** Who else claims it: the same id for a cloned host. */
      readonly otherHostId: string;
      readonly address: string;
    };

export interface OwnEvents {
  /** Writes it down soon, without waiting; a failure is logged. */
  record(event: OwnEvent): void;
}
