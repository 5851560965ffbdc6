/** What an `[eventlistener:x]` has beyond a program: which events its pool takes, and how many wait. */

import type { ListenerGroupSpec } from '../specs.ts';
import { boolean } from '../values/boolean.ts';
import { bad, type Converted, good } from '../values/converted.ts';
import { integer } from '../values/integer.ts';
import { stringList } from '../values/name.ts';
import { OptionReader } from './option-reader.ts';
import type { ProgramSection } from './program.ts';
import type { Reading } from './reading.ts';

/** Every event type of Supervisor; one with descendants stands for all of them. */
export const EVENT_TYPES: readonly string[] = [
  'EVENT',
  ...['', '_STOPPED', '_EXITED', '_STARTING', '_STOPPING', '_BACKOFF', '_FATAL', '_RUNNING', '_UNKNOWN'].map(
    (state) => `PROCESS_STATE${state}`,
  ),
  ...['', '_STDOUT', '_STDERR'].map((stream) => `PROCESS_COMMUNICATION${stream}`),
  ...['', '_STDOUT', '_STDERR'].map((stream) => `PROCESS_LOG${stream}`),
  'REMOTE_COMMUNICATION',
  ...['', '_RUNNING', '_STOPPING'].map((state) => `SUPERVISOR_STATE_CHANGE${state}`),
  ...['', '_5', '_60', '_3600'].map((period) => `TICK${period}`),
  ...['', '_ADDED', '_REMOVED'].map((change) => `PROCESS_GROUP${change}`),
];

const DEFAULT_HANDLER = 'supervisor.dispatchers:default_handler';

export type ListenerOptions = Pick<ListenerGroupSpec, 'events' | 'bufferSize' | 'resultHandler'>;

export function readListenerOptions(reading: Reading, { section }: ProgramSection): ListenerOptions {
  const options = new OptionReader(reading, section, { here: reading.here });
  if (options.value('redirect_stderr', false, boolean)) {
    options.refuse(
      'redirect_stderr',
      `[${section.name}] section sets redirect_stderr=true but this is not allowed because it will interfere with the ` +
        'eventlistener protocol',
      'redirect_stderr=false',
    );
  }
  const written = options.raw('events');
  if (written === undefined || written.value === '') {
    options.refuse('events', `[${section.name}] section requires an "events" line`, 'event types with commas between');
  }
  return {
    events: options.value('events', [], (text) => eventTypes(section.name, text)),
    bufferSize: options.value('buffer_size', 10, (text) => bufferSize(section.name, text)),
    resultHandler: options.value('result_handler', DEFAULT_HANDLER, (text) => resultHandler(section.name, text)),
  };
}

function eventTypes(section: string, text: string): Converted<readonly string[]> {
  const names = [...new Set(stringList(text.toUpperCase()))].toSorted();
  const unknown = names.find((name) => !EVENT_TYPES.includes(name));
  if (unknown === undefined) return good(names);
  return bad(`Unknown event type ${unknown} in [${section}] events`, EVENT_TYPES.join(', '));
}

function bufferSize(section: string, text: string): Converted<number> {
  const size = integer(text);
  if (!size.ok || size.value >= 1) return size;
  return bad(`[${section}] section sets invalid buffer_size (${size.value})`, '1 or more');
}

/** Others are Python code. To go on without one would acknowledge events it means to refuse. */
function resultHandler(section: string, text: string): Converted<string> {
  if (text === DEFAULT_HANDLER) return good(text);
  return bad(`${text} cannot be resolved within [${section}]: Python handlers cannot be loaded`, DEFAULT_HANDLER);
}
