/** A desired state by identity. Generations of two incarnations are never compared. */

export interface GenerationRef {
  readonly incarnation: string;
  readonly generation: bigint;
  /** Lower-case hex sha-256 over the files (name, revision, sha-256 of the exact bytes) in order of name. */
  readonly hash: string;
}

/** One immutable version of a config file, by name and number. */
export interface RevisionRef {
  readonly file: string;
  readonly revision: bigint;
}
