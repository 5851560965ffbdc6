/** Sends logs to those who follow them through the link: never more than they gave credit for, so a slow reader slows only himself. */
import { messageOf } from '@fleetvisor/primitives';
import type { ProcessName } from '../supervision/status.ts';
import type { EngineMessage } from './port.ts';

/** Logs that are read at once for the link. */
const streamsMax = 64;

export interface LogAsk {
  readonly streamId: string;
  readonly process: ProcessName;
  readonly stream: 'stdout' | 'stderr';
  readonly tailBytes: number;
  readonly follow: boolean;
}

export interface LogPiece {
  readonly data: Uint8Array;
  readonly skippedBytes: number;
}

/**
 * Opens a log.
 * @throws FleetError with what keeps it from being read.
 */
export type OpenLog = (ask: LogAsk, signal: AbortSignal) => AsyncIterable<LogPiece>;

interface Stream {
  readonly abort: AbortController;
  creditBytes: number;
  /** Wakes the sender that waits for credit. */
  wake: () => void;
}

export class LogFeed implements Disposable {
  readonly #open: OpenLog;
  readonly #send: (message: EngineMessage) => void;
  readonly #streams = new Map<string, Stream>();

  constructor(open: OpenLog, send: (message: EngineMessage) => void) {
    this.#open = open;
    this.#send = send;
  }

  open(ask: LogAsk): void {
    const { streamId } = ask;
    if (this.#streams.has(streamId)) return;
    if (this.#streams.size >= streamsMax) {
      this.#send({
        kind: 'logEnd',
        streamId,
        error: `${streamsMax} logs of this host are being read; close some first`,
      });
      return;
    }
    const stream: Stream = { abort: new AbortController(), creditBytes: 0, wake: () => {} };
    this.#streams.set(streamId, stream);
    void this.#run(ask, stream);
  }

  credit(streamId: string, bytes: number): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    stream.creditBytes += bytes;
    stream.wake();
  }

  close(streamId: string): void {
    const stream = this.#streams.get(streamId);
    this.#streams.delete(streamId);
    stream?.abort.abort();
    stream?.wake();
  }

  closeAll(): void {
    for (const streamId of [...this.#streams.keys()]) this.close(streamId);
  }

  [Symbol.dispose](): void {
    this.closeAll();
  }

  async #run(ask: LogAsk, stream: Stream): Promise<void> {
    const { streamId } = ask;
    const { signal } = stream.abort;
    let error = '';
    try {
      for await (const { data, skippedBytes } of this.#open(ask, signal)) {
        await creditFor(stream, data.length);
        if (signal.aborted) return;
        this.#send({ kind: 'logChunk', streamId, data, skippedBytes });
      }
    } catch (thrown) {
      error = messageOf(thrown);
    }
    if (signal.aborted) return;
    this.#streams.delete(streamId);
    this.#send({ kind: 'logEnd', streamId, error });
  }
}

/** Takes `bytes` of the stream's credit, waiting for it. Resolves at once when the stream is closed. */
async function creditFor(stream: Stream, bytes: number): Promise<void> {
  while (stream.creditBytes < bytes && !stream.abort.signal.aborted) {
    await new Promise<void>((resolve) => {
      stream.wake = resolve;
    });
  }
  stream.creditBytes -= bytes;
}
