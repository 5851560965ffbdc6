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

export interface HostCommandRecord {
  readonly commandId: string;
  readonly hostId: string;
  /** A name of Outcome in lower case with dashes; empty while it is under way. */
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
}
