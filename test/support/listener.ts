/** Sections of event listeners that are test/programs/listener.mjs, and what they have been told. */
import { join } from 'node:path';
import { root } from '../tidy/source-tree.ts';
import type { LoneAgent } from './agent.ts';
import { until } from './until.ts';

export interface ListenerOptions {
  /** How it answers the first events; see the program. */
  readonly words?: string;
  /** buffer_size. */
  readonly buffer?: number;
  /** Further options. */
  readonly more?: string;
}

/** An `[eventlistener:x]` that counts as RUNNING at once. */
export function listener(name: string, events: string, options: ListenerOptions = {}): string {
  const { words = '', buffer = 10, more = '' } = options;
  const program = join(root, 'test/programs/listener.mjs');
  const lines = [
    `[eventlistener:${name}]`,
    `command=${process.execPath} ${program} ${recordOf(more === '' ? name : '%(process_num)d')} ${words}`,
    `events=${events}`,
    `buffer_size=${buffer}`,
    'startsecs=0',
    'autorestart=true',
    more,
  ];
  return `${lines.join('\n')}\n\n`;
}

export interface HeardEvent {
  readonly header: string;
  readonly payload: string;
}

/** What a listener has been told so far, all its runs together. */
export function eventsOf(agent: LoneAgent, name: string): readonly HeardEvent[] {
  return agent
    .read(recordOf(name))
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** Waits until a listener has been told of so many events, and gives all of them. */
export function heard(agent: LoneAgent, name: string, count: number): Promise<readonly HeardEvent[]> {
  return until(`${name} has heard ${count} events`, () => {
    const events = eventsOf(agent, name);
    return events.length >= count && events;
  });
}

const recordOf = (name: string) => `${name}.events`;
