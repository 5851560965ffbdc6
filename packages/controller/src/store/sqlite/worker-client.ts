/** The main thread's end of the store's worker: requests go out, replies come back, a dead worker fails them all by name. */
import { FleetError } from '@fleetvisor/primitives';
import { fleetErrorOf, isDamage } from './sqlite-failure.ts';
import type { StartStoreWorker, StoreWorker } from './store-worker.ts';
import type { ReplyEnvelope, RequestEnvelope, RequestOf, WorkerReplies, WorkerRequest } from './worker-protocol.ts';

/** Requests that are under way at once; more means that something is badly wrong, and memory is next. */
const requestsMax = 10_000;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: FleetError) => void;
}

export interface WorkerPaths {
  readonly databasePath: string;
  readonly lockPath: string;
  readonly startWorker: StartStoreWorker;
}

export class WorkerClient implements AsyncDisposable {
  readonly #worker: StoreWorker;
  readonly #databasePath: string;
  readonly #pending = new Map<number, Pending>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #died = Promise.withResolvers<FleetError>();
  #nextId = 1;
  /** Why nothing is written any more: something was read that nobody wrote. What can be read is read on. */
  #damage: FleetError | undefined;
  /** Why nothing can be asked any more. */
  #over: FleetError | undefined;

  private constructor(paths: WorkerPaths) {
    this.#databasePath = paths.databasePath;
    this.#worker = paths.startWorker({
      replied: (envelope) => this.#settle(envelope),
      ended: (reason, cause) => this.#end(reason, cause),
    });
  }

  /**
   * Starts the worker and opens the database.
   * @throws FleetError saying which file is wrong and what to do.
   */
  static async start(paths: WorkerPaths): Promise<WorkerClient> {
    const client = new WorkerClient(paths);
    try {
      await client.call({ kind: 'open', databasePath: paths.databasePath, lockPath: paths.lockPath });
      return client;
    } catch (error) {
      await client.#worker.terminate();
      throw error;
    }
  }

  /** Resolves with why when the worker has died; never when it was closed. */
  get died(): Promise<FleetError> {
    return this.#died.promise;
  }

  /** @param transfer buffers of the request that need not be copied; the caller cannot use them afterwards. */
  call<K extends keyof WorkerReplies>(
    request: RequestOf<K> & { readonly kind: K },
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<WorkerReplies[K]> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    if (this.#damage !== undefined && isWrite(request)) return Promise.reject(this.#damage);
    if (this.#pending.size >= requestsMax) {
      return Promise.reject(
        new FleetError('unavailable', `the store is ${requestsMax} requests behind; try again later`),
      );
    }
    const id = this.#nextId++;
    const envelope: RequestEnvelope = { id, request };
    return new Promise((resolve, reject) => {
      // The protocol's table ties the kind to its reply.
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.ask(envelope, transfer);
    });
  }

  /** Closes the database after what was asked before, and waits for the worker's end. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over === undefined) {
      const closed = this.call({ kind: 'close' });
      this.#over = new FleetError('unavailable', 'the store is closed');
      await closed;
    }
    await this.#ended.promise;
  }

  #settle(envelope: ReplyEnvelope): void {
    const pending = this.#pending.get(envelope.id);
    this.#pending.delete(envelope.id);
    if (envelope.ok) {
      pending?.resolve(envelope.value);
      return;
    }
    const error = fleetErrorOf(envelope.failure, this.#databasePath);
    if (isDamage(envelope.failure)) this.#damage ??= error;
    pending?.reject(error);
  }

  #end(reason: string, cause?: unknown): void {
    const error = new FleetError(
      'internal',
      `the store's worker for ${this.#databasePath} has died (${reason}); restart the controller`,
      { path: this.#databasePath },
      { cause },
    );
    if (this.#over === undefined) this.#died.resolve(error);
    this.#over ??= error;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
    this.#ended.resolve();
  }
}

function isWrite(request: WorkerRequest): boolean {
  if (request.kind === 'query') return !/^\s*(select|pragma)\b/i.test(request.sql);
  return request.kind === 'ingest' || request.kind === 'dropDays';
}
