/**
 * The network between the hosts and the controller: dials, delays, cuts and partitions. Each connection is ordered, as TCP
 * is; between connections nothing is. Time and faults come from outside.
 */
import { FleetError, type Random } from '@fleetvisor/primitives';
import type { Connection } from '../../../packages/agent/src/link/connection.ts';
import { between, chanceOf } from '../engine/chance.ts';
import type { Life } from '../engine/life.ts';
import type { Timeline } from '../engine/timeline.ts';
import { FaultyConnection, type Side, type Wiretap } from './faulty-link.ts';

export type Direction = 'to-controller' | 'to-host' | 'both';

export interface NetworkParts {
  readonly seed: number;
  readonly timeline: Timeline;
  readonly tap: Wiretap;
  /** Takes what was dialled; undefined while nobody listens. */
  readonly listener: () => ((connection: FaultyConnection) => void) | undefined;
}

/** A keepalive that is not answered ends a connection within this: 20 s from one to the next, 10 s for the answer. */
const keepaliveMs = { least: 10_000, most: 30_000 };
const dialWithinMs = 20_000;

export class Network {
  readonly #parts: NetworkParts;
  readonly #open = new Set<FaultyConnection>();
  /** By host: how many faults block each direction now. */
  readonly #blocked = new Map<string, number>();
  #number = 0;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  get connections(): readonly FaultyConnection[] {
    return [...this.#open];
  }

  /** What the link of a host dials with. */
  dial(host: number, life: Life, signal: AbortSignal): Promise<Connection> {
    const number = ++this.#number;
    const random = chanceOf(this.#parts.seed, 'connection', host, number);
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    const giveUp = life.after(dialWithinMs, () => reject(unreachable('it does not answer')));
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const knock = () => {
      if (signal.aborted) return;
      if (this.#isBlocked(host, 'to-controller') || this.#isBlocked(host, 'to-host')) {
        life.after(1_000, knock); // as a kernel does with what was not answered
        return;
      }
      giveUp.cancel();
      signal.removeEventListener('abort', stop);
      if (this.#parts.listener() === undefined) reject(unreachable('connection refused'));
      else resolve(this.#connect(number, host, life, random));
    };
    life.after(2 * between(random, 0.1, 40), knock);
    return promise;
  }

  /** Blocks a host's way for a while. Whoever misses its keepalives meanwhile closes its side. */
  partition(host: number, direction: Direction, forMs: number): void {
    const ways = direction === 'both' ? (['to-controller', 'to-host'] as const) : [direction];
    const random = chanceOf(this.#parts.seed, 'partition', host, this.#parts.timeline.nowUs);
    for (const way of ways) this.#block(host, way, 1);
    for (const connection of this.#of(host)) {
      for (const side of ['agent', 'controller'] as const) {
        const missesMs = between(random, keepaliveMs.least, keepaliveMs.most);
        if (missesMs < forMs) this.#closeLater(connection, side, missesMs);
      }
    }
    this.#parts.timeline.after(forMs, () => {
      for (const way of ways) this.#block(host, way, -1);
      for (const connection of this.#of(host)) connection.healed();
    });
  }

  /** The connections of a host are cut with all that is on the way. Each side finds out by itself, at a time of its own. */
  cut(host: number): void {
    const random = chanceOf(this.#parts.seed, 'cut', host, this.#parts.timeline.nowUs);
    for (const connection of this.#of(host)) {
      connection.cut();
      for (const side of ['agent', 'controller'] as const) {
        const isSlow = random.next() < 0.5;
        this.#closeLater(connection, side, isSlow ? between(random, keepaliveMs.least, keepaliveMs.most) : 2_000);
      }
    }
  }

  /** The machine has lost its power: it says nothing to anybody. */
  hostVanished(host: number): void {
    const random = chanceOf(this.#parts.seed, 'vanished', host, this.#parts.timeline.nowUs);
    for (const connection of this.#of(host)) {
      connection.cut();
      connection.closedBy('agent', 'the machine is off');
      this.#closeLater(connection, 'controller', between(random, keepaliveMs.least, keepaliveMs.most));
    }
  }

  controllerGone(): void {
    for (const connection of this.#open) this.#close(connection, 'controller', 'connection reset by peer');
  }

  #connect(number: number, host: number, life: Life, random: Random): Connection {
    const { timeline, tap } = this.#parts;
    const slowMs = between(random, 0.1, 40);
    const latencyMs = () => between(random, 0.05, slowMs);
    const way = (direction: Exclude<Direction, 'both'>) => {
      return { timeline, latencyMs, isBlocked: () => this.#isBlocked(host, direction) };
    };
    const connection = new FaultyConnection({
      ...{ number, host, tap },
      toController: way('to-controller'),
      toAgent: way('to-host'),
    });
    this.#open.add(connection);
    life.onEnd(() => this.#close(connection, 'agent', 'connection reset by peer'));
    return {
      openSession: () => {
        timeline.after(latencyMs(), () => {
          const listener = this.#parts.listener();
          if (listener === undefined) this.#close(connection, 'controller', 'connection reset by peer');
          else listener(connection);
        });
        return connection.agentEnd(life);
      },
      // Logs have a connection of their own and nothing to do with what is tested here.
      openLogStream: () => {
        throw unreachable('logs are not simulated');
      },
      [Symbol.asyncDispose]: async () => this.#close(connection, 'agent', 'the connection was closed'),
    };
  }

  #of(host: number): readonly FaultyConnection[] {
    return this.connections.filter((connection) => connection.host === host);
  }

  #closeLater(connection: FaultyConnection, side: Side, ms: number): void {
    this.#parts.timeline.after(ms, () => this.#close(connection, side, 'the keepalive was not answered'));
  }

  #close(connection: FaultyConnection, side: Side, reason: string): void {
    connection.closedBy(side, reason);
    // The other side may live on for a while; nobody has to know of it here.
    if (side === 'agent') this.#parts.timeline.after(keepaliveMs.most, () => this.#open.delete(connection));
  }

  #isBlocked(host: number, direction: Exclude<Direction, 'both'>): boolean {
    return (this.#blocked.get(`${host} ${direction}`) ?? 0) > 0;
  }

  #block(host: number, direction: Exclude<Direction, 'both'>, by: number): void {
    const key = `${host} ${direction}`;
    this.#blocked.set(key, (this.#blocked.get(key) ?? 0) + by);
  }
}

function unreachable(why: string): FleetError {
  return new FleetError('unavailable', `cannot connect: ${why}`);
}
