/**
 * All that one process is at a moment, as plain data: what the next life of the agent makes it again of. A life that ends in
 * an orderly way leaves none.
 */
import type { KnownChild } from './ports.ts';
import type { UnwrittenRun } from './process/catch-up.ts';
import type { ProcessState } from './process/state.ts';
import type { RunFacts } from './supervised-process.ts';

export interface ProcessRecord {
  /** Its instants are those of the machine's monotonic clock: worth nothing after the next boot. */
  readonly state: ProcessState;
  readonly facts: RunFacts;
  /** Of the present run; undefined without one, or when it has ended and that is still to be heard of. */
  readonly child: KnownChild | undefined;
}

/** How an earlier life of the agent has left a process. */
export interface LeftRecord extends ProcessRecord {
  /** Launches that it had no time to write down, in order: what it had written is older than these. */
  readonly later: readonly LaterRun[];
}

export interface LaterRun extends UnwrittenRun {
  /** Undefined when it has ended. */
  readonly child: KnownChild | undefined;
  /** Unix microseconds. */
  readonly startedAtUs: bigint;
}
