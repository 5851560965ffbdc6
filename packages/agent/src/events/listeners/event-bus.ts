/**
 * Where Supervisor's events go: numbers them and gives each to the pools that subscribe to it. Owns the pools and the
 * ticks. Independent of the fleet's own event record.
 */
import type { ProcessGroupSpec } from '@fleetvisor/config';
import { type Clock, FleetError } from '@fleetvisor/primitives';
import type { OutputEvents, OutputSource } from '../../logs/output-events.ts';
import type { Supervisor, SupervisorListener } from '../../supervision/supervisor.ts';
import { covers, type EventType, eventTypes } from './event-types.ts';
import type { HandedPools } from './handed-pools.ts';
import { ListenerPool, type PoolWorld } from './listener-pool.ts';
import type { PoolLogLine } from './pool-log-lines.ts';
import { renderPayload, type SupervisorEvent, typeOf } from './supervisor-event.ts';
import { Ticks } from './ticks.ts';

export interface EventBusOptions {
  readonly clock: Clock;
  readonly mainLog: { log(level: PoolLogLine['level'], text: string): void };
  /** Of the daemon: a reread may change it. */
  readonly identifier: () => string;
  /** Runs something once pending I/O has been seen to; setImmediate unless told otherwise. */
  readonly defer?: (run: () => void) => void;
  /** What an earlier life of the agent had. */
  readonly handed?: HandedPools | undefined;
}

/** Disposing drops every pool with what waits in it. */
export interface EventBus extends OutputEvents, Disposable {
  /**
   * Makes a pool of every process group of event listeners there is and will be, and publishes what happens to
   * processes and groups from now on. To be called before the first group is added, so that pools hear of themselves.
   * @returns ends it and drops the pools
   * @throws FleetError `conflict` while another supervisor is attached
   */
  attach(supervisor: Pick<Supervisor, 'subscribe' | 'sendStdin' | 'groups'>): () => void;
  /** All that was handed over is taken over: a pool or a listener that begins now is a new one. */
  endTakeOver(): void;
  /** All pools as they are now, for another life of the agent. */
  handOver(): HandedPools;
  supervisorState(state: 'RUNNING' | 'STOPPING'): void;
  remoteCommunication(type: string, data: string): void;
  /**
   * Resolves when the listeners of a process group have dealt with what they were to hear, and at the latest after a
   * second; at once for any other group.
   */
  heard(group: string): Promise<void>;
}

export function openEventBus(options: EventBusOptions): EventBus {
  return new ListenerEventBus(options);
}

/** A pool, and how many of its subscriptions cover a type. */
interface Taker {
  readonly pool: ListenerPool;
  readonly copies: number;
}

class ListenerEventBus implements EventBus {
  readonly #options: EventBusOptions;
  /** By name of the process group, in order of their making. */
  readonly #pools = new Map<string, ListenerPool>();
  readonly #takers = new Map<EventType, readonly Taker[]>();
  readonly #ticks: Ticks;
  #handed: HandedPools | undefined;
  #nextSerial: number;
  #detach: (() => void) | undefined;

  constructor(options: EventBusOptions) {
    this.#options = options;
    this.#handed = options.handed;
    this.#nextSerial = options.handed?.nextSerial ?? 0;
    this.#ticks = new Ticks(options.clock, (period, whenS) => this.#publish({ kind: 'tick', period, whenS }));
  }

  attach(supervisor: Parameters<EventBus['attach']>[0]): () => void {
    if (this.#detach !== undefined) {
      throw new FleetError('conflict', 'cannot attach the event bus: it belongs to a supervisor already');
    }
    const world = this.#worldOfPools(supervisor);
    for (const { spec } of supervisor.groups()) this.#addPool(spec, world);
    const unsubscribe = supervisor.subscribe(this.#listener(world));
    const detach = () => {
      if (this.#detach !== detach) return;
      this.#detach = undefined;
      unsubscribe();
      for (const group of [...this.#pools.keys()]) this.#removePool(group);
    };
    this.#detach = detach;
    return detach;
  }

  endTakeOver(): void {
    this.#handed = undefined;
    for (const pool of this.#pools.values()) pool.endTakeOver();
  }

  handOver(): HandedPools {
    const pools = [...this.#pools].map(([group, pool]) => [group, pool.handOver()]);
    return { nextSerial: this.#nextSerial, pools: Object.fromEntries(pools) };
  }

  supervisorState(state: 'RUNNING' | 'STOPPING'): void {
    this.#publish({ kind: 'supervisorState', state });
  }

  remoteCommunication(type: string, data: string): void {
    this.#publish({ kind: 'remoteCommunication', type, data });
  }

  async heard(group: string): Promise<void> {
    await this.#pools.get(group)?.quiet();
  }

  written(source: OutputSource, data: Uint8Array): void {
    this.#publish({ kind: 'processLog', source, data });
  }

  captured(source: OutputSource, data: Uint8Array): void {
    this.#publish({ kind: 'processCommunication', source, data });
  }

  /** The pool is older than the first run of its processes; what is written after its end goes nowhere. */
  listens(source: OutputSource): (chunk: Uint8Array) => void {
    return this.#pools.get(source.process.group)?.listens(source) ?? (() => {});
  }

  [Symbol.dispose](): void {
    this.#detach?.();
    this.#ticks[Symbol.dispose]();
  }

  /** Costs a look into a table when nobody subscribes. */
  #publish(event: SupervisorEvent): void {
    const type = typeOf(event);
    const takers = this.#takers.get(type);
    if (takers === undefined) return;
    const numbered = { serial: this.#nextSerial++, type, payload: renderPayload(event) };
    for (const { pool, copies } of takers) pool.accept(numbered, copies);
  }

  #listener(world: PoolWorld): SupervisorListener {
    return {
      groupAdded: (group, _layer, spec) => {
        this.#addPool(spec, world);
        // To those listeners it has been there all along.
        if (this.#handed === undefined) this.#publish({ kind: 'processGroup', change: 'ADDED', group });
      },
      groupRemoved: (group) => {
        this.#removePool(group);
        this.#publish({ kind: 'processGroup', change: 'REMOVED', group });
      },
      transition: (process, transition) => {
        this.#publish({ kind: 'processState', process, transition });
        this.#pools.get(process.group)?.transition(process, transition);
      },
      processRemoved: (process) => this.#pools.get(process.group)?.forget(process),
    };
  }

  #worldOfPools(supervisor: Pick<Supervisor, 'sendStdin'>): PoolWorld {
    const { clock, mainLog, identifier, defer = (run) => void setImmediate(run) } = this.#options;
    return {
      clock,
      identifier,
      defer,
      log: ({ level, text }) => mainLog.log(level, text),
      sendStdin: (process, chunk) => supervisor.sendStdin(process, chunk),
    };
  }

  #addPool(spec: ProcessGroupSpec, world: PoolWorld): void {
    if (spec.kind !== 'eventlistener') return;
    this.#pools.set(spec.name, new ListenerPool(spec, world, this.#handed?.pools[spec.name]));
    this.#findTakers();
  }

  #removePool(group: string): void {
    const pool = this.#pools.get(group);
    if (pool === undefined) return;
    this.#pools.delete(group);
    this.#findTakers();
    pool[Symbol.dispose]();
  }

  /** Works out once who takes what: publishing is often, and pools are few and change seldom. */
  #findTakers(): void {
    for (const type of eventTypes) {
      const takers = [...this.#pools.values()]
        .map((pool): Taker => ({ pool, copies: pool.events.filter((name) => covers(name, type)).length }))
        .filter(({ copies }) => copies > 0);
      if (takers.length === 0) this.#takers.delete(type);
      else this.#takers.set(type, takers);
    }
    this.#ticks.follow((period) => this.#takers.has(`TICK_${period}`));
  }
}
