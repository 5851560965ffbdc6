/** Port: config files, their immutable revisions, and which of them is stable. */
import type { RevisionRef } from '../fleet/generation.ts';
import type { Selector } from '../fleet/selector.ts';

export interface RevisionRecord {
  readonly file: string;
  readonly revision: bigint;
  /** 0n for the first. */
  readonly parent: bigint;
  readonly selector: Selector;
  readonly content: Uint8Array;
  /** Lower-case hex sha-256 of exact bytes and selector: the identity. */
  readonly digest: string;
  /** Of the canonical form, for diff and drift. */
  readonly meaningDigest: string;
  readonly author: string;
  readonly message: string;
  readonly createdAtUs: bigint;
}

export interface ConfigFileRecord {
  readonly newest: RevisionRecord;
  /** The revision whose rollout ended healthy last; 0n for none. */
  readonly stable: bigint;
}

export interface ConfigStore {
  /** Every config file, in order of name. */
  list(): Promise<readonly ConfigFileRecord[]>;
  find(file: string): Promise<ConfigFileRecord | undefined>;
  revision(file: string, revision: bigint): Promise<RevisionRecord | undefined>;
  /** Newest first, at most `limit`. */
  history(file: string, limit: number): Promise<readonly RevisionRecord[]>;
  /** The last revision before this one that was stable once. */
  provenBefore(file: string, revision: bigint): Promise<RevisionRecord | undefined>;
  /** Every revision whose own rollout failed. */
  failed(): Promise<readonly RevisionRef[]>;
}
