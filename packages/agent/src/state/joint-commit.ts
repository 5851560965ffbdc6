/**
 * What has happened and what there is, in one transaction: an agent that is killed leaves neither news of what is not written
 * down, nor something written down of which there is no news. Where the disk refuses the whole, each writer tries alone: the
 * trouble of one is not the other's.
 */
import type { AgentDb } from './agent-db.ts';

export interface Writer {
  /** Takes out what waits to be written; undefined when nothing does. */
  begin(): Write | undefined;
}

export interface Write {
  /** Inside of a transaction; perhaps a second time, in another one. */
  run(): void;
  /** Called once, afterwards. @param error undefined: it is written */
  done(error: unknown): void;
}

export class JointCommit {
  readonly #db: Pick<AgentDb, 'transaction'>;
  readonly #writers: Writer[] = [];

  constructor(db: Pick<AgentDb, 'transaction'>) {
    this.#db = db;
  }

  /** Bounded by who there is: each joins once. */
  join(writer: Writer): void {
    this.#writers.push(writer);
  }

  /** Writes what waits, of every writer. Never throws: each is told of its own failure. */
  flush(): void {
    const writes = this.#writers.map((writer) => writer.begin()).filter((write) => write !== undefined);
    if (writes.length > 1 && this.#commit(writes) === undefined) return tell(writes, undefined);
    for (const write of writes) tell([write], this.#commit([write]));
  }

  /** @returns the failure */
  #commit(writes: readonly Write[]): unknown {
    try {
      this.#db.transaction(() => {
        for (const write of writes) write.run();
      });
      return undefined;
    } catch (error) {
      return error ?? new Error('the transaction failed');
    }
  }
}

function tell(writes: readonly Write[], error: unknown): void {
  for (const write of writes) write.done(error);
}
