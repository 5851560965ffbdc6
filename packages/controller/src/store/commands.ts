/** Port: what was asked of the hosts, by whom, and what came of it. */

export interface CommandRecord {
  readonly commandId: string;
  readonly actor: string;
  readonly reason: string;
  readonly verb: string;
  /** The encoded Action. */
  readonly action: Uint8Array;
  readonly givenAtUs: bigint;
}

/** A command with what became of it on its hosts, in numbers. */
export interface CommandSummary extends CommandRecord {
  readonly hostCount: number;
  readonly underWayCount: number;
  /** Of the other hosts: how many by outcome, as stored. */
  readonly outcomes: ReadonlyMap<string, number>;
}

export interface CommandQuery {
  /** Given to any of these; undefined for all. */
  readonly hostIds: readonly string[] | undefined;
  /** Given before this one; empty from the newest. */
  readonly before: string;
  readonly sinceUs: bigint;
  /** Only those of which some host has not told what became of them. */
  readonly isOpen: boolean;
  readonly limit: number;
}

export interface HostCommandRecord {
  readonly commandId: string;
  readonly hostId: string;
  /**
   * A name of Outcome in lower case with dashes; empty while it is under way. `unknown-outcome` while the host may still
   * tell, `unknown` when it has said that nobody knows.
   */
  readonly outcome: string;
  /** The encoded CommandUpdate with the result; empty while there is none. */
  readonly result: Uint8Array;
  readonly endedAtUs: bigint;
}

export interface CommandStore {
  /** Written before anything is sent to a host. */
  give(command: CommandRecord, hostIds: readonly string[]): Promise<void>;
  settle(records: readonly HostCommandRecord[]): Promise<void>;
  /** Commands of a host that have no final outcome, oldest first: what is open, or was when the host went away. */
  unsettled(hostId: string): Promise<readonly HostCommandRecord[]>;
  results(commandId: string): Promise<readonly HostCommandRecord[]>;
  /** Newest first. */
  list(query: CommandQuery): Promise<readonly CommandSummary[]>;
  /** Those whose id begins so, oldest first, at most `limit`. */
  beginningWith(prefix: string, limit: number): Promise<readonly CommandSummary[]>;
  /**
   * The controller has just started: whatever was under way has lost its sender, and is unknown until its host tells. Says
   * how many outcomes that concerns.
   */
  interrupted(): Promise<number>;
}
