/** Breaks of sessions. */
import type { Sabotage } from '../sabotage.ts';
import type { Break } from './break.ts';

/** The agent sends as much as it likes. */
const ignoresTheWindow: Sabotage = {
  claimed: (message) => {
    if (message.body?.$case !== 'welcome') return message;
    return { body: { $case: 'welcome', value: { ...message.body.value, eventsInFlightMax: 2 } } };
  },
};

/** An agent that has once been there is not let in again. */
const comesOnce = (): Sabotage => {
  const hosts = new Set<number>();
  return {
    fromAgent: (host, message) => {
      if (message.body?.$case !== 'hello') return message;
      if (hosts.has(host)) return undefined;
      hosts.add(host);
      return message;
    },
  };
};

export const sessionsBreaks: readonly Break[] = [
  { name: 'a window that nobody keeps to', make: () => ignoresTheWindow, found: 'queues are bounded' },
  { name: 'a host that cannot return', make: comesOnce, found: 'everybody comes back' },
];
