/** What a desired state is called, and how far carrying it out has come. The words of the wire contract. */

/** A desired state by identity; two incarnations are never compared. */
export interface GenerationRef {
  readonly incarnation: string;
  readonly generation: bigint;
  /** Lower-case hex sha-256 over the files in order of name. */
  readonly hash: string;
}

export type ConfigPhase = 'accepted' | 'rejected' | 'applying' | 'applied' | 'failed' | 'reverted';
