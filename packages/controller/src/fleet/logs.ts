/** Follows logs on hosts: opens them, joins what comes, and lets a slow reader slow the agents. */
import type { ProcessName } from './process-status.ts';

export type LogStreamName = 'stdout' | 'stderr';

export interface TailRequest {
  readonly targets: readonly { readonly hostId: string; readonly process: ProcessName }[];
  readonly stream: LogStreamName;
  /** How many of the last bytes of each to begin with. */
  readonly tailBytes: number;
  readonly follow: boolean;
}

interface LogPieceOf {
  readonly hostId: string;
  readonly host: string;
  readonly process: ProcessName;
  readonly stream: LogStreamName;
}

/** `end` comes once per target, with an error text when it did not end in order; empty otherwise. */
export type LogPiece = LogPieceOf &
  (
    | { readonly kind: 'data'; readonly data: Uint8Array; readonly skippedBytes: bigint }
    | { readonly kind: 'end'; readonly error: string }
  );

export interface LogRouter extends AsyncDisposable {
  /** Ends when every target has ended, or when aborted. Nothing is read from an agent ahead of the reader but a window. */
  tail(request: TailRequest, signal: AbortSignal): AsyncIterable<LogPiece>;
}
