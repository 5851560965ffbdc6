/**
 * The processes of one `[eventlistener:x]` and the events that wait for them: each event goes to one of them. Knows
 * nothing of other pools: what a listener rejects comes back to its own pool alone.
 */
import type { ListenerGroupSpec } from '@fleetvisor/config';
import { after, type Clock, type Instant, type Timer } from '@fleetvisor/primitives';
import type { OutputSource } from '../../logs/output-events.ts';
import type { Transition } from '../../supervision/process/effect.ts';
import type { ProcessName, StateName } from '../../supervision/status.ts';
import type { SendStdinResult } from '../../supervision/supervisor.ts';
import { type NumberedEvent, type PooledEvent, renderEnvelope } from './envelope.ts';
import { EventBuffer } from './event-buffer.ts';
import type { HandedPool } from './handed-pools.ts';
import { ListenerRun, type RunOwner } from './listener-run.ts';
import { discarding, notRead, notTaken, type PoolLogLine, rebuffering, sent } from './pool-log-lines.ts';

/** How long a listener that does not read its stdin is left alone before the next try. */
const FULL_RETRY_MS = 1000;

/** At a shutdown listeners have as long to hear the news as Supervisor's loop takes from one group to the next. */
const QUIET_MS_MAX = 1000;

export interface PoolWorld {
  readonly clock: Clock;
  readonly log: (line: PoolLogLine) => void;
  /** Of the daemon, as it is now. */
  readonly identifier: () => string;
  readonly sendStdin: (process: ProcessName, chunk: Uint8Array) => SendStdinResult;
  /** Runs something once pending I/O has been seen to: a listener that rejects for ever must not starve the rest. */
  readonly defer: (run: () => void) => void;
}

export class ListenerPool implements Disposable {
  readonly #spec: ListenerGroupSpec;
  readonly #world: PoolWorld;
  readonly #buffer: EventBuffer;
  /** By name of the process, in the order in which they are asked; undefined while one has no child. */
  readonly #runs: Map<string, ListenerRun | undefined>;
  readonly #owner: RunOwner;
  #handed: HandedPool | undefined;
  #nextSerial: number;
  #isWoken = false;
  readonly #waitingForQuiet = new Set<() => void>();
  #isClosed = false;
  #retry: Timer | undefined;

  /** @param handed what an earlier life of the agent had of it */
  constructor(spec: ListenerGroupSpec, world: PoolWorld, handed?: HandedPool) {
    this.#spec = spec;
    this.#world = world;
    this.#handed = handed;
    this.#nextSerial = handed?.nextSerial ?? 0;
    this.#buffer = new EventBuffer(spec.bufferSize, handed?.waiting);
    this.#runs = new Map(spec.processes.map(({ name }) => [name, undefined]));
    this.#owner = {
      now: () => world.clock.now(),
      log: world.log,
      onReturned: (event) => this.#takeBack(event),
      onSaid: () => {
        this.#wake();
        this.#tellWhoWaits();
      },
    };
  }

  /** The subscriptions, as `events=` has them. */
  get events(): readonly string[] {
    return this.#spec.events;
  }

  /**
   * Takes an event in, for the first listener that can have it.
   * @param copies how many of its subscriptions cover the event: it is delivered as often, with the same serials
   */
  accept(event: NumberedEvent, copies: number): void {
    const pooled = { event, poolSerial: this.#nextSerial++ };
    for (let copy = 0; copy < copies; copy++) {
      if (copy > 0) this.#world.log(rebuffering(this.#spec.name, event.serial, this.#buffer));
      this.#noteDiscarded(this.#buffer.putLast(pooled));
    }
    this.#wake();
  }

  /** A run of one of its processes begins; all that it writes to stdout goes to the returned function. */
  listens(source: OutputSource): (chunk: Uint8Array) => void {
    const { name } = source.process;
    // Usually it has been heard to end. Where that news is still on its way, it is for a run that is no more.
    this.#runs.get(name)?.end();
    const run = new ListenerRun(source, this.#owner, this.#handed?.listeners[name]);
    this.#runs.set(name, run);
    this.#wake();
    return (chunk) => run.read(chunk);
  }

  /** All that was handed over is taken over: from now on a run is a new one. */
  endTakeOver(): void {
    this.#handed = undefined;
  }

  /** As it is now, for another life of the agent: nothing may be done with the pool after that. */
  handOver(): HandedPool {
    const runs = [...this.#runs].flatMap(([name, run]) => (run === undefined ? [] : [[name, run.handOver()]]));
    return { nextSerial: this.#nextSerial, waiting: this.#buffer.waiting, listeners: Object.fromEntries(runs) };
  }

  /** Something happened to one of its processes. */
  transition({ name }: ProcessName, { to, pid }: Transition): void {
    const run = this.#runs.get(name);
    if (run === undefined || run.pid !== pid) return; // of another run
    run.isRunning = to === 'RUNNING';
    if (run.isRunning) this.#wake();
    if (!endsRun[to]) return;
    this.#runs.set(name, undefined);
    run.end();
    this.#tellWhoWaits();
  }

  /** A process of it is no more. */
  forget({ name }: ProcessName): void {
    const run = this.#runs.get(name);
    this.#runs.delete(name);
    run?.end();
  }

  /** What waits is lost. */
  /**
   * Resolves when its listeners are through with all that they were to hear, or there is none that could hear it. One that
   * has been silent for `QUIET_MS_MAX` is waited for no longer: many that hang cost no more than one.
   */
  quiet(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { clock } = this.#world;
    const giveUpAt = after(clock.now(), QUIET_MS_MAX);
    let timer: Timer | undefined;
    const done = () => {
      timer?.cancel();
      this.#waitingForQuiet.delete(done);
      resolve();
    };
    const look = () => {
      if (clock.now() >= giveUpAt || this.#isQuiet()) return done();
      const lookAt = this.#awaited().map((run) =>
        run.silentSince === undefined ? giveUpAt : silentAt(run.silentSince),
      );
      timer = clock.schedule(lookAt.reduce(earlier, giveUpAt), look);
    };
    this.#waitingForQuiet.add(done);
    look();
    return promise;
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    for (const run of this.#runs.values()) run?.end();
    this.#tellWhoWaits();
  }

  #tellWhoWaits(): void {
    if (this.#waitingForQuiet.size === 0 || !this.#isQuiet()) return;
    for (const done of [...this.#waitingForQuiet]) done();
  }

  #isQuiet(): boolean {
    const awaited = this.#awaited();
    return awaited.length === 0 || (this.#buffer.size === 0 && awaited.every((run) => !run.isBusy));
  }

  /** Those that may be expected to answer. */
  #awaited(): readonly ListenerRun[] {
    const now = this.#world.clock.now();
    return [...this.#runs.values()]
      .filter((run) => run !== undefined)
      .filter(({ mayTake, silentSince }) => {
        return mayTake && (silentSince === undefined || silentAt(silentSince) > now);
      });
  }

  #takeBack(event: PooledEvent): void {
    if (this.#isClosed) return;
    this.#world.log(rebuffering(this.#spec.name, event.event.serial, this.#buffer));
    this.#noteDiscarded(this.#buffer.putFirst(event));
    this.#wake();
  }

  #noteDiscarded(discarded: PooledEvent | undefined): void {
    if (discarded !== undefined) this.#world.log(discarding(this.#spec.name, discarded.event.serial));
  }

  #wake(): void {
    if (this.#isWoken || this.#buffer.size === 0 || !this.#hasTaker()) return;
    this.#isWoken = true;
    this.#world.defer(() => {
      this.#isWoken = false;
      if (!this.#isClosed && this.#hasTaker()) this.#dispatch();
    });
  }

  #hasTaker(): boolean {
    for (const run of this.#runs.values()) if (run?.canTake === true) return true;
    return false;
  }

  #dispatch(): void {
    for (let next = this.#buffer.takeFirst(); next !== undefined; next = this.#buffer.takeFirst()) {
      if (this.#send(next)) continue;
      this.#takeBack(next);
      return;
    }
  }

  /** @returns false when there is nobody to have it */
  #send(pooled: PooledEvent): boolean {
    const { serial } = pooled.event;
    for (const run of this.#runs.values()) {
      if (run?.canTake !== true) continue;
      const { name } = run.process;
      const envelope = renderEnvelope(this.#world.identifier(), this.#spec.name, pooled);
      const outcome = this.#world.sendStdin(run.process, envelope);
      if (outcome === 'taken') {
        run.hand(pooled);
        this.#world.log(sent(name, serial));
        return true;
      }
      run.refusal = outcome === 'full' ? 'full' : 'closed';
      this.#world.log(outcome === 'full' ? notRead(name, serial) : notTaken(name, serial));
      if (outcome === 'full') this.#retryLater();
    }
    return false;
  }

  /** The only timer of a pool, and only while somebody does not read: nobody can tell when it does. */
  #retryLater(): void {
    const { clock } = this.#world;
    this.#retry ??= clock.schedule(after(clock.now(), FULL_RETRY_MS), () => {
      this.#retry = undefined;
      for (const run of this.#runs.values()) if (run?.refusal === 'full') run.refusal = undefined;
      this.#wake();
    });
  }
}

/** When one that says nothing is given up. */
function silentAt(since: Instant): Instant {
  return after(since, QUIET_MS_MAX);
}

function earlier(one: Instant, other: Instant): Instant {
  return one < other ? one : other;
}

/** Whether a process in this state has no child. */
const endsRun: Readonly<Record<StateName, boolean>> = {
  STOPPED: true,
  EXITED: true,
  BACKOFF: true,
  FATAL: true,
  STARTING: false,
  RUNNING: false,
  STOPPING: false,
  UNKNOWN: false,
};
