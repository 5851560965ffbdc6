/** What can happen to a process. `Event` is a word of the product, so these are inputs. */
import type { ProcessSpec } from '@fleetvisor/config';
import type { SignalPurpose } from './effect.ts';
import type { Exit } from './exit.ts';
import type { RunId, StopCause } from './state.ts';

/** What is decided by: the spec as it is now, and whether the whole supervisor is going down. */
export interface Rules {
  readonly spec: ProcessSpec;
  /** Nothing starts any more. */
  readonly isShuttingDown: boolean;
}

export type Input =
  /** It is new, or its autostart was switched on. */
  | { readonly kind: 'autostart' }
  /** A plan never starts what a person has stopped. */
  | { readonly kind: 'start'; readonly cause: 'hand' | 'plan' }
  | { readonly kind: 'stop'; readonly cause: StopCause }
  /** A person wants it signalled. Normal name without SIG. */
  | { readonly kind: 'signal'; readonly signal: string }
  /** Look whether the deadline of the state has come; too early or too late changes nothing. */
  | { readonly kind: 'deadline' }
  | { readonly kind: 'spawned'; readonly run: RunId; readonly pid: number }
  | { readonly kind: 'spawnFailed'; readonly run: RunId; readonly spawnError: string }
  | { readonly kind: 'exited'; readonly run: RunId; readonly exit: Exit }
  | {
      readonly kind: 'signalUnsent';
      readonly run: RunId;
      readonly purpose: SignalPurpose;
      /** Why it was refused; undefined when the child was gone already. */
      readonly refusal: string | undefined;
    };

/** What a request is told at once; `taken` for all that is no request. */
export type Answer =
  | 'taken'
  | 'already-started'
  | 'not-running'
  /** A start while it is stopping changes nothing. */
  | 'stopping'
  | 'held'
  | 'unknown-state'
  | 'shutting-down';
