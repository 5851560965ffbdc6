/** A store whose answers get lost for a while: what was asked is done and durable, and whoever asked hears of a failure. */
import { FleetError } from '@fleetvisor/primitives';
import type { Store } from '../../../packages/controller/src/store/store.ts';

export interface Forgetting {
  /** Whether the answer that is due now gets lost. */
  readonly isLost: () => boolean;
}

/** Of the methods that are asked again after such a failure. */
export function forgetfulStore(store: Store, { isLost }: Forgetting): Store {
  const forgetful = <A extends unknown[], R>(method: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      const answer = await method(...args);
      if (isLost()) throw new FleetError('unavailable', 'the connection to the store was lost before its answer came');
      return answer;
    };
  };
  const { events, commands, hosts } = store;
  return over(store, {
    events: over(events, { append: forgetful((...args: Parameters<typeof events.append>) => events.append(...args)) }),
    commands: over(commands, { settle: forgetful((records) => commands.settle(records)) }),
    hosts: over(hosts, { arrive: forgetful((...args: Parameters<typeof hosts.arrive>) => hosts.arrive(...args)) }),
  });
}

/** The same object with some of its members replaced. */
export function over<T extends object>(base: T, members: Partial<T>): T {
  return new Proxy(base, {
    get(target, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name);
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
