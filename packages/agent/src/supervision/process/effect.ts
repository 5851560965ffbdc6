/** What the life of a process asks of the world, as data. The shell carries it out and knows no policy. */
import type { Instant } from '@fleetvisor/primitives';
import type { MainLogLine } from '../main-log-lines.ts';
import type { StateName } from '../status.ts';
import type { Exit } from './exit.ts';
import type { RunId } from './state.ts';

/** A process went from one state to another: what Supervisor's event of it tells, and why. */
export interface Transition {
  readonly from: StateName;
  readonly to: StateName;
  readonly run: RunId;
  /** Of the run that this is about; 0 when it made no child. */
  readonly pid: number;
  /** Failed starts in a row. */
  readonly tries: number;
  /** Of a run that has just ended. */
  readonly exit: Exit | undefined;
  /** The run ended as its exitcodes foresee, or nothing has ended. */
  readonly expected: boolean;
  readonly spawnError: string;
}

/** A run ended unexpectedly, or the last start attempt was used up. */
export interface Crash {
  readonly run: RunId;
  readonly pid: number;
  readonly exit: Exit | undefined;
  readonly fatal: boolean;
  readonly spawnError: string;
  readonly ranForUs: number;
}

/** Why a signal is sent: to stop, to end what did not stop, or because a person asked for it. */
export type SignalPurpose = 'stop' | 'kill' | 'signal';

export type Effect =
  /** Answered by the input `spawned` or `spawnFailed`. */
  | { readonly kind: 'spawn'; readonly run: RunId }
  /** Answered by the input `signalUnsent` when it was not sent. */
  | {
      readonly kind: 'signal';
      readonly run: RunId;
      readonly signal: string;
      readonly toGroup: boolean;
      readonly purpose: SignalPurpose;
    }
  /** The leader has obeyed; what is left of its process group, which has its pid, has until then before it is killed. */
  | { readonly kind: 'watchGroup'; readonly leader: number; readonly until: Instant }
  | { readonly kind: 'transition'; readonly transition: Transition }
  | { readonly kind: 'crash'; readonly crash: Crash }
  | { readonly kind: 'log'; readonly line: MainLogLine };
