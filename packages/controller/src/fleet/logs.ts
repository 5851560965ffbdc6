/** Follows logs on hosts: opens them, joins what comes, and lets a slow reader slow the agents. */
import { after, BoundedQueue, type Clock, FleetError, messageOf, type Random, uuidv7 } from '@fleetvisor/primitives';
import type { HostLinks } from './host-links.ts';
import type { HostView } from './host-view.ts';
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

export type LogInput =
  | { readonly kind: 'chunk'; readonly data: Uint8Array; readonly skippedBytes: bigint }
  | { readonly kind: 'end'; readonly error: string };

/** The bytes of one log, as the agent sends them. */
export interface LogSource {
  /** Allows further bytes. */
  grant(bytes: number): Promise<void>;
  readonly incoming: AsyncIterable<LogInput>;
}

export interface LogRouterParts {
  readonly hosts: { host(hostId: string): HostView | undefined };
  readonly links: HostLinks;
  /** Resolves when there is time for what people watch; until then no further bytes are asked for. */
  readonly whenCalm: () => Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
}

/** What an agent may send ahead of the reader, and so what a log can cost in memory. */
const windowBytes = 256 * 1024;
const openPerHostMax = 64;
/** An agent answers LogOpen by dialling; if it has not by then it will not. */
const dialMs = 10_000;
/** Pieces that wait for the reader; what they hold is within the windows of their logs. */
const waitingPiecesMax = 16;

interface LogChunk {
  readonly data: Uint8Array;
  readonly skippedBytes: bigint;
}

interface OpenLog {
  readonly hostId: string;
  /** The agent has dialled: from here on the pump owns the source. */
  attach(source: LogSource): Promise<void>;
  end(error: string): void;
}

export class LogRouter implements AsyncDisposable {
  readonly #parts: LogRouterParts;
  readonly #open = new Map<string, OpenLog>();

  constructor(parts: LogRouterParts) {
    this.#parts = parts;
  }

  /** Ends when every target has ended, or when aborted. Nothing is read from an agent ahead of the reader but a window. */
  async *tail(request: TailRequest, signal: AbortSignal): AsyncGenerator<LogPiece> {
    const pieces = new BoundedQueue<LogPiece>(waitingPiecesMax);
    const ended = new AbortController();
    const over = AbortSignal.any([signal, ended.signal]);
    over.addEventListener('abort', () => pieces.close(), { once: true });
    signal.throwIfAborted();
    const logs = request.targets.map((target) => this.#follow(target, request, pieces, over));
    const all = Promise.all(logs).then(() => pieces.close());
    try {
      yield* pieces;
    } finally {
      ended.abort();
      await all;
    }
  }

  /** An agent has dialled for a log; resolves when it may hang up. Throws FleetError `not_found` when nobody waits for it. */
  async attach(hostId: string, streamId: string, source: LogSource): Promise<void> {
    const log = this.#open.get(streamId);
    if (log?.hostId !== hostId) throw new FleetError('not_found', `nobody reads the log stream ${streamId} any more`);
    await log.attach(source);
  }

  hostGone(hostId: string): void {
    for (const log of [...this.#open.values()]) {
      if (log.hostId === hostId) log.end('the host went away');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const log of [...this.#open.values()]) log.end('the controller is shutting down');
  }

  /** One log from opening to end; resolves when its `end` piece has been taken in. Never rejects. */
  async #follow(
    { hostId, process }: TailRequest['targets'][number],
    { stream, tailBytes, follow }: TailRequest,
    pieces: BoundedQueue<LogPiece>,
    over: AbortSignal,
  ): Promise<void> {
    const { hosts, links, whenCalm, clock, random } = this.#parts;
    const of = { hostId, host: hosts.host(hostId)?.name ?? hostId, process, stream };
    if (this.#openOn(hostId) >= openPerHostMax) {
      const error = `${openPerHostMax} logs of this host are being followed: close one first`;
      await pieces.put({ ...of, kind: 'end', error });
      return;
    }
    const streamId = uuidv7(clock.wallTimeUs(), random);
    const { promise: error, resolve: end } = Promise.withResolvers<string>();
    const dialTimer = clock.schedule(after(clock.now(), dialMs), () => end('the host did not open the log in time'));
    const attach = async (source: LogSource) => {
      dialTimer.cancel();
      const take = (chunk: LogChunk) => pieces.put({ ...of, ...chunk, kind: 'data' });
      await Promise.race([pump(source, take, whenCalm).then(end), error]);
    };
    this.#open.set(streamId, { hostId, attach, end });
    const leave = () => end('');
    over.addEventListener('abort', leave, { once: true });
    if (!links.send(hostId, { kind: 'openLog', streamId, process, stream, tailBytes, follow })) {
      end('the host is not connected');
    }
    const why = await error;
    dialTimer.cancel();
    over.removeEventListener('abort', leave);
    this.#open.delete(streamId);
    links.send(hostId, { kind: 'closeLog', streamId });
    await pieces.put({ ...of, kind: 'end', error: why });
  }

  #openOn(hostId: string): number {
    return this.#open.values().reduce((count, log) => count + (log.hostId === hostId ? 1 : 0), 0);
  }
}

/**
 * Takes what the agent sends and hands it on, granting as many bytes as the reader has room for.
 * @returns the error it ended with; empty when it ended in order or the reader has left.
 */
async function pump(
  source: LogSource,
  take: (chunk: LogChunk) => Promise<boolean>,
  whenCalm: () => Promise<void>,
): Promise<string> {
  try {
    await whenCalm();
    await source.grant(windowBytes);
    for await (const input of source.incoming) {
      if (input.kind === 'end') return input.error;
      const { data, skippedBytes } = input;
      if (!(await take({ data, skippedBytes }))) return '';
      await whenCalm();
      await source.grant(data.length);
    }
    return 'the host hung up before the log ended';
  } catch (error) {
    return `the log broke off: ${messageOf(error)}`;
  }
}
