/** Port: the central history. Positions are the controller's commit order, the only cursor. */

/** One event as it came from a host (or from the controller itself: host_id of all zeros), with what is searched for. */
export interface NewEvent {
  readonly seq: bigint;
  /** By the host's clock. */
  readonly atUs: bigint;
  /** The name of the case in EventBody: transition, crash, ... */
  readonly kind: string;
  /** Empty when it concerns no process. */
  readonly group: string;
  readonly process: string;
  /** An encoded EventBody, exactly as it came. */
  readonly body: Uint8Array;
}

export interface StoredEvent extends NewEvent {
  readonly position: bigint;
  readonly hostId: string;
  /** The name the host had when it was stored. */
  readonly host: string;
  readonly epoch: string;
  readonly receivedAtUs: bigint;
}

export interface EventSource {
  readonly hostId: string;
  readonly host: string;
  readonly epoch: string;
}

export interface AppendOutcome {
  /**
   * The highest seq of the epoch: everything up to here is stored, or was jumped over by the host, which sends in order
   * (a tombstone names what it had to drop); the store writes such gaps down and still takes what comes for them.
   */
  readonly ackedSeq: bigint;
  /** Those that were new, with their positions. */
  readonly stored: readonly StoredEvent[];
  /** Sequence numbers that came again with another body: an alarm, never ignored. */
  readonly conflicts: readonly bigint[];
}

export interface EventFilter {
  /** Only these hosts; undefined for all, and for the controller's own. */
  readonly hostIds: readonly string[] | undefined;
  /** Only these kinds; empty for all. */
  readonly kinds: readonly string[];
  /** Not received before this; 0n for no bound. */
  readonly sinceUs: bigint;
}

export interface EventStore {
  /** How full the queue of what is to be stored is, from 0 to 1. */
  readonly backlog: number;
  /** Stores what is not yet there, durably (synchronous=FULL, group commit), each exactly once. */
  append(source: EventSource, events: readonly NewEvent[], receivedAtUs: bigint): Promise<AppendOutcome>;
  /** The newest acknowledged seq of that epoch; 0n for none. */
  ackedSeq(hostId: string, epoch: string): Promise<bigint>;
  /** Highest position given so far; 0n for none. */
  newestPosition(): Promise<bigint>;
  /** Oldest first, after the position, at most `limit`. */
  after(position: bigint, filter: EventFilter, limit: number): Promise<readonly StoredEvent[]>;
  /** The newest before the position (0n: from the end), at most `limit`, newest first. */
  newest(before: bigint, filter: EventFilter, limit: number): Promise<readonly StoredEvent[]>;
  /** The newest position that was dropped for its age; 0n for none. Whoever has read up to an older one has a gap. */
  droppedPosition(): Promise<bigint>;
  /** Drops whole days that ended before this time; says how many. */
  dropDaysBefore(us: bigint): Promise<number>;
}
