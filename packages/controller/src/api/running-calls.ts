/**
 * The calls that are under way: gives each its signal and its log line, and ends them all when the controller stops.
 * Knows nothing of what the methods do.
 */
import { after, type Clock, type ErrorCode, FleetError, msBetween } from '@fleetvisor/primitives';
import type { Metadata } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { Call } from './call.ts';

/** What is needed of a call of grpc-js, whatever its kind. */
export interface IncomingCall {
  readonly metadata: Metadata;
  getPeer(): string;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** Metadata in which a caller says who it is; believed, since only this machine can reach the API. */
export const actorKey = 'fleet-actor';
const actorCharsMax = 128;

export class RunningCalls implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Runs one call to its end. `work` answers; `fail` is told what it threw, unless the caller has gone.
   * @param timeoutMs how long it may take; undefined for as long as the caller stays.
   */
  run(
    method: string,
    incoming: IncomingCall,
    timeoutMs: number | undefined,
    work: (call: Call) => Promise<void>,
    fail: (thrown: unknown) => void,
  ): void {
    const done = this.#run(method, incoming, timeoutMs, work, fail).finally(() => this.#running.delete(done));
    this.#running.add(done);
  }

  /** Ends every call with `unavailable`, and waits until each has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new FleetError('unavailable', 'the controller is stopping; try again when it is back'));
    await Promise.all(this.#running);
  }

  async #run(
    method: string,
    incoming: IncomingCall,
    timeoutMs: number | undefined,
    work: (call: Call) => Promise<void>,
    fail: (thrown: unknown) => void,
  ): Promise<void> {
    const startedAt = this.#clock.now();
    const gone = new AbortController();
    incoming.on('cancelled', () => gone.abort(new FleetError('unavailable', 'the caller went away')));
    const signals = [gone.signal, this.#stopping.signal];
    using limit = timeoutMs === undefined ? undefined : this.#timeLimit(method, timeoutMs);
    if (limit !== undefined) signals.push(limit.signal);
    const actor = actorOf(incoming);
    const signal = AbortSignal.any(signals);
    let thrown: unknown;
    try {
      await untilAborted(work({ signal, actor }), signal);
    } catch (error) {
      // Whatever a method throws because of the abort, the reason is the signal's.
      thrown = signal.aborted ? signal.reason : error;
      if (!gone.signal.aborted) fail(thrown);
    }
    const outcome = gone.signal.aborted ? 'cancelled' : outcomeOf(thrown);
    const durationMs = Math.round(msBetween(startedAt, this.#clock.now()));
    const facts = { method, actor, outcome, durationMs };
    if (outcome === 'internal') this.#log.error({ ...facts, err: thrown }, 'call failed by a fault of ours');
    else this.#log.info(facts, 'call answered');
  }

  #timeLimit(method: string, timeoutMs: number): { readonly signal: AbortSignal } & Disposable {
    const limit = new AbortController();
    const timer = this.#clock.schedule(after(this.#clock.now(), timeoutMs), () => {
      limit.abort(new FleetError('unavailable', `${method} took longer than ${timeoutMs} ms; try again`));
    });
    return { signal: limit.signal, [Symbol.dispose]: () => timer.cancel() };
  }
}

function outcomeOf(thrown: unknown): ErrorCode | 'ok' {
  if (thrown === undefined) return 'ok';
  return thrown instanceof FleetError ? thrown.code : 'internal';
}

function actorOf(incoming: IncomingCall): string {
  const [said] = incoming.metadata.get(actorKey);
  const actor = typeof said === 'string' ? said.trim().slice(0, actorCharsMax) : '';
  return actor === '' ? `unknown@${incoming.getPeer()}` : actor;
}

/** Settles as the work does, or rejects with the signal's reason: a method that does not listen holds nobody up. */
function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
  });
}
