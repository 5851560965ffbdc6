/** A store that does what another does, and counts: how long each operation took, and what was stored for good. */
import { type Clock, msBetween } from '@fleetvisor/primitives';
import type { HostCommandRecord } from '../store/commands.ts';
import { readEventBody } from '../store/event-body.ts';
import type { StoredEvent } from '../store/events.ts';
import type { Store } from '../store/store.ts';
import type { StoreMetrics } from './metrics.ts';

/** The returned store owns the other: disposing it disposes both. */
export function measuredStore(store: Store, metrics: StoreMetrics, clock: Clock): Store {
  const timed = <Port extends object>(name: string, port: Port) => timedPort(name, port, metrics, clock);
  const events = timed('events', store.events);
  const commands = timed('commands', store.commands);
  const rollouts = timed('rollouts', store.rollouts);
  const unknown = new CountedUnknown();
  return {
    fleetId: store.fleetId,
    incarnation: store.incarnation,
    previousEnd: store.previousEnd,
    hosts: timed('hosts', store.hosts),
    configs: timed('configs', store.configs),
    events: overridden(events, {
      append: async (source, batch, receivedAtUs) => {
        const outcome = await events.append(source, batch, receivedAtUs);
        for (const event of outcome.stored) countEvent(metrics, event);
        return outcome;
      },
    }),
    commands: overridden(commands, {
      settle: async (records) => {
        await commands.settle(records);
        for (const record of records) {
          if (unknown.isFirstWord(record)) metrics.commands.inc({ outcome: labelOf(record.outcome) });
        }
      },
    }),
    rollouts: overridden(rollouts, {
      end: async (rolloutId, state, reason, endedAtUs, stable) => {
        await rollouts.end(rolloutId, state, reason, endedAtUs, stable);
        metrics.rollouts.inc({ state });
      },
    }),
    died: store.died,
    wasSetBack: (why) => store.wasSetBack(why),
    check: () => store.check(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/**
 * A command whose outcome is unknown is counted as that, and not again when its host reports. Holds the newest ten
 * thousand such, which is a whole fleet's: one that reports after more than those is counted twice.
 */
class CountedUnknown {
  readonly #keys = new Set<string>();

  /** Whether nothing final or unknown was said before of this command on this host. */
  isFirstWord({ commandId, hostId, outcome }: HostCommandRecord): boolean {
    const key = `${commandId} ${hostId}`;
    if (outcome === '' || this.#keys.has(key)) {
      if (outcome !== 'unknown-outcome') this.#keys.delete(key);
      return false;
    }
    if (outcome === 'unknown-outcome') this.#keys.add(key);
    const [oldest] = this.#keys;
    if (this.#keys.size > unknownMax && oldest !== undefined) this.#keys.delete(oldest);
    return true;
  }
}

const unknownMax = 10_000;

/** The word that people meet everywhere; the store has a longer one. */
function labelOf(outcome: string): string {
  return outcome === 'unknown-outcome' ? 'unknown' : outcome;
}

function countEvent(metrics: StoreMetrics, event: StoredEvent): void {
  metrics.events.inc({ kind: event.kind });
  if (event.kind === 'crash') metrics.crashes.inc();
  if (event.kind !== 'crashRepeat') return;
  const body = readEventBody(event);
  if (body?.$case === 'crashRepeat') metrics.crashes.inc(Number(body.value.count));
}

/** The same object with some methods of its own: the ports' implementations are classes, which spreading would empty. */
function overridden<Port extends object>(port: Port, own: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, key) => Reflect.get(Object.hasOwn(own, key) ? own : target, key),
  });
}

/** Observes every method that answers with a promise, as `port.method`. */
function timedPort<Port extends object>(name: string, port: Port, metrics: StoreMetrics, clock: Clock): Port {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function' || typeof key !== 'string') return value;
      const operation = `${name}.${key}`;
      return (...args: unknown[]): unknown => {
        const startedAt = clock.now();
        const answer: unknown = value.apply(target, args);
        const done = () => metrics.operations.observe({ operation }, msBetween(startedAt, clock.now()) / 1000);
        if (answer instanceof Promise) answer.then(done, done);
        return answer;
      };
    },
  });
}
