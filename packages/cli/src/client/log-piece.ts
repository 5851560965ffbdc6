/** A piece of a log, and how to ask for it. */
import type { LogStream, ProcessName } from './process.ts';
import type { Scope } from './scope.ts';

export interface LogQuery {
  readonly scope: Scope;
  readonly targets: readonly string[];
  readonly stream: LogStream;
  /** How many of the last bytes of each log to begin with. */
  readonly tailBytes: number;
  readonly follow: boolean;
}

export interface LogPiece {
  readonly host: string;
  readonly process: ProcessName;
  readonly data: Uint8Array;
  /** Bytes left out just before these. */
  readonly skippedBytes: number;
  /** Nothing of this log follows. */
  readonly isEnd: boolean;
  /** Why it ended; undefined when it ended in order. */
  readonly error: string | undefined;
}
