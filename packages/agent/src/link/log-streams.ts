/**
 * Logs on their way to the controller, each on a stream of its own beside the session. The controller gives credit, the
 * engine sends no more than that; so what waits here is bounded by what was asked for. On a slow network the session
 * goes first: while it has something to say, logs wait.
 */
import { BoundedQueue } from '@fleetvisor/primitives';
import type { LogStreamRequest } from '@fleetvisor/protocol/link';
import type { EngineMessage, LinkMessage } from '../bridge/port.ts';
import type { Connection, LogLink } from './connection.ts';
import { bufferOf } from './to-wire.ts';

export interface LogStreamsParts {
  readonly connection: Pick<Connection, 'openLogStream'>;
  readonly hostId: string;
  readonly session: bigint;
  readonly toEngine: (message: LinkMessage) => void;
  /** Resolves when the session has nothing to say; the signal's reason when aborted. */
  readonly sessionIdle: (signal: AbortSignal) => Promise<void>;
}

type LogOpen = LinkMessage & { kind: 'logOpen' };
type LogMessage = EngineMessage & { kind: 'logChunk' | 'logEnd' };

/** The engine and the controller keep to fewer. */
const streamsMax = 128;
/** Chunks that wait for a slow network: more than any credit makes. */
const chunksMax = 4096;

export class LogStreams implements AsyncDisposable {
  readonly #parts: LogStreamsParts;
  readonly #waiting = new Map<string, BoundedQueue<LogStreamRequest>>();
  readonly #running = new Set<Promise<void>>();
  readonly #over = new AbortController();

  constructor(parts: LogStreamsParts) {
    this.#parts = parts;
  }

  /** The controller asks for a log. */
  open(ask: LogOpen): void {
    if (this.#waiting.has(ask.streamId) || this.#waiting.size >= streamsMax) return; // it gives up waiting by itself
    const waiting = new BoundedQueue<LogStreamRequest>(chunksMax);
    this.#waiting.set(ask.streamId, waiting);
    const run = this.#run(ask, waiting).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  /** The engine has read some of a log, or come to its end. */
  take(message: LogMessage): void {
    const waiting = this.#waiting.get(message.streamId);
    if (waiting === undefined) return;
    const isTaken = waiting.offer(toWire(message));
    if (!isTaken || message.kind === 'logEnd') waiting.close();
  }

  /** The controller wants no more of it. */
  close(streamId: string): void {
    this.#waiting.get(streamId)?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    for (const waiting of this.#waiting.values()) waiting.close();
    await Promise.all(this.#running);
  }

  /** One log from opening to end. Never rejects: a log that cannot be carried is the session's business no further. */
  async #run(ask: LogOpen, waiting: BoundedQueue<LogStreamRequest>): Promise<void> {
    const { connection, hostId, session, toEngine, sessionIdle } = this.#parts;
    const { signal } = this.#over;
    const { streamId } = ask;
    try {
      await using link = connection.openLogStream();
      toEngine(ask); // before the first credit can come, which the engine would not know what to do with
      const credits = this.#passCredits(streamId, link).finally(() => waiting.close());
      await link.send({ body: { $case: 'start', value: { hostId, session, streamId } } }, signal);
      for await (const message of waiting) {
        await sessionIdle(signal);
        await link.send(message, signal);
      }
      await link[Symbol.asyncDispose]();
      await credits;
    } catch {
      // The controller sees its stream end, and tells its reader.
    } finally {
      this.#waiting.delete(streamId);
      toEngine({ kind: 'logClose', streamId });
    }
  }

  async #passCredits(streamId: string, link: LogLink): Promise<void> {
    try {
      for await (const { creditBytes } of link.incoming) {
        this.#parts.toEngine({ kind: 'logCredit', streamId, bytes: creditBytes });
      }
    } catch {
      // The writer meets the same failure and ends the stream.
    }
  }
}

function toWire(message: LogMessage): LogStreamRequest {
  if (message.kind === 'logEnd') return { body: { $case: 'end', value: { error: message.error } } };
  const { data, skippedBytes } = message;
  return { body: { $case: 'chunk', value: { data: bufferOf(data), skippedBytes: BigInt(skippedBytes) } } };
}
