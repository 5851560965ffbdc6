/** Port: the hosts of the fleet, their sessions and their desired state. */
import type { GenerationRef, RevisionRef } from '../fleet/generation.ts';

export interface HostRecord {
  readonly hostId: string;
  /** Held by one host at a time. */
  readonly name: string;
  readonly hostGroups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly agentVersion: string;
  readonly hostname: string;
  readonly os: string;
  readonly address: string;
  readonly firstSeenUs: bigint;
  /** By the controller's clock; flushed now and then, so it may be older than what memory knows. */
  readonly lastSeenUs: bigint;
  /** Of the newest session; grows with each. */
  readonly session: bigint;
}

/** What a host says of itself when a session begins. */
export interface HostArrival {
  readonly hostId: string;
  readonly name: string;
  readonly hostGroups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly agentVersion: string;
  readonly hostname: string;
  readonly os: string;
  readonly address: string;
}

export type ArrivalOutcome =
  | { readonly kind: 'arrived'; readonly host: HostRecord; readonly isNew: boolean }
  /** Another host_id holds the name. */
  | { readonly kind: 'nameTaken'; readonly holder: HostRecord };

/** A host's desired state: what it should run, and by which generation. */
export interface Assignment {
  readonly hostId: string;
  readonly ref: GenerationRef;
  /** In order of name. */
  readonly files: readonly RevisionRef[];
  readonly rolloutId: string;
}

/** The processes of a host as it told them last, for the next life of the controller. */
export interface HostTable {
  readonly hostId: string;
  /** Of the host's engine; with `version` it names the content. */
  readonly life: string;
  readonly version: bigint;
  /** When it was so for certain, by the controller's clock. */
  readonly asOfUs: bigint;
  /** Encoded, as of that time. */
  readonly statuses: Uint8Array;
}

/** When a host was last heard of, and what was held of its processes then; undefined for nothing that is kept. */
export interface Sighting {
  readonly hostId: string;
  readonly lastSeenUs: bigint;
  readonly table: Pick<HostTable, 'life' | 'version'> | undefined;
}

export interface HostStore {
  list(): Promise<readonly HostRecord[]>;
  /** Writes the host down with a new session number, in one transaction. */
  arrive(arrival: HostArrival, nowUs: bigint): Promise<ArrivalOutcome>;
  /** Writes down when hosts were last heard of, all in one transaction; a kept table that still holds is as fresh as that. */
  touch(seen: readonly Sighting[]): Promise<void>;
  tables(): Promise<readonly HostTable[]>;
  /** Keeps the newest table of each of these hosts, in one transaction. Hosts that were forgotten are left out. */
  keepTables(tables: readonly HostTable[]): Promise<void>;
  /** Frees the name and forgets the assignment; events and commands stay. False when there is no such host. */
  forget(hostId: string): Promise<boolean>;
  assignments(): Promise<readonly Assignment[]>;
  assignment(hostId: string): Promise<Assignment | undefined>;
  /** The files of a desired state that any host was ever given, by its hash; undefined for another. */
  filesOf(hash: string): Promise<readonly RevisionRef[] | undefined>;
  /**
   * Gives a host that has none its first desired state, at join: the one way past a rollout. The generation goes on
   * from the highest this host ever had.
   */
  assignAtJoin(hostId: string, files: readonly RevisionRef[], hash: string): Promise<Assignment>;
}
