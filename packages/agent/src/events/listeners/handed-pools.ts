/**
 * What a life of the agent hands to the next one, in the same process, of its event listeners: which go on as they are, with
 * what waits for them. Plain data.
 */
import type { PooledEvent } from './envelope.ts';
import type { ListenerState } from './listener-protocol.ts';

/** One run of a listener. */
export interface HandedListener {
  readonly state: ListenerState;
  readonly inHand: PooledEvent | undefined;
  readonly isRunning: boolean;
}

export interface HandedPool {
  readonly nextSerial: number;
  /** In their order. */
  readonly waiting: readonly PooledEvent[];
  /** By name of the process; of those that have no child there is nothing. */
  readonly listeners: Readonly<Record<string, HandedListener>>;
}

export interface HandedPools {
  readonly nextSerial: number;
  /** By process group. */
  readonly pools: Readonly<Record<string, HandedPool>>;
}
