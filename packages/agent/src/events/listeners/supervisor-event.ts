/** What event listeners are told, in Supervisor's words: the type and the payload of each event. Pure; knows no listener. */
import { isUtf8 } from 'node:buffer';
import { assertNever } from '@fleetvisor/primitives';
import { textOrLiteral } from '../../logs/bytes-literal.ts';
import type { OutputSource } from '../../logs/output-events.ts';
import type { Transition } from '../../supervision/process/effect.ts';
import type { ProcessName, StateName } from '../../supervision/status.ts';
import type { EventType, TickPeriod } from './event-types.ts';

export type SupervisorEvent =
  | { readonly kind: 'processState'; readonly process: ProcessName; readonly transition: Transition }
  /** The data is only lent: what is kept of it is a copy. */
  | { readonly kind: 'processLog' | 'processCommunication'; readonly source: OutputSource; readonly data: Uint8Array }
  | { readonly kind: 'remoteCommunication'; readonly type: string; readonly data: string }
  | { readonly kind: 'supervisorState'; readonly state: 'RUNNING' | 'STOPPING' }
  | { readonly kind: 'processGroup'; readonly change: 'ADDED' | 'REMOVED'; readonly group: string }
  /** Unix seconds, a multiple of the period. */
  | { readonly kind: 'tick'; readonly period: TickPeriod; readonly whenS: number };

export function typeOf(event: SupervisorEvent): EventType {
  switch (event.kind) {
    case 'processState':
      return `PROCESS_STATE_${event.transition.to}`;
    case 'processLog':
      return event.source.channel === 'stdout' ? 'PROCESS_LOG_STDOUT' : 'PROCESS_LOG_STDERR';
    case 'processCommunication':
      return event.source.channel === 'stdout' ? 'PROCESS_COMMUNICATION_STDOUT' : 'PROCESS_COMMUNICATION_STDERR';
    case 'remoteCommunication':
      return 'REMOTE_COMMUNICATION';
    case 'supervisorState':
      return `SUPERVISOR_STATE_CHANGE_${event.state}`;
    case 'processGroup':
      return `PROCESS_GROUP_${event.change}`;
    case 'tick':
      return `TICK_${event.period}`;
    default:
      return assertNever(event);
  }
}

/** The body of an event as it is sent. */
export function renderPayload(event: SupervisorEvent): Buffer {
  switch (event.kind) {
    case 'processState':
      return Buffer.from(`${named(event.process)} from_state:${event.transition.from}${stateFacts(event.transition)}`);
    case 'processLog':
      return output(event.source, ` channel:${event.source.channel}`, event.data);
    case 'processCommunication':
      return output(event.source, '', event.data);
    case 'remoteCommunication':
      return Buffer.from(`type:${event.type}\n${event.data}`);
    case 'supervisorState':
      return Buffer.alloc(0);
    case 'processGroup':
      return Buffer.from(`groupname:${event.group}\n`);
    case 'tick':
      return Buffer.from(`when:${event.whenS}`);
    default:
      return assertNever(event);
  }
}

function named({ group, name }: ProcessName): string {
  return `processname:${name} groupname:${group}`;
}

function output(source: OutputSource, channel: string, data: Uint8Array): Buffer {
  const head = Buffer.from(`${named(source.process)} pid:${source.pid()}${channel}\n`);
  // Almost always it is text, and then it need not be decoded to be sent.
  return Buffer.concat([head, isUtf8(data) ? data : Buffer.from(textOrLiteral(data))]);
}

const tries = (transition: Transition) => ` tries:${transition.tries}`;
const pid = (transition: Transition) => ` pid:${transition.pid}`;
const nothing = () => '';

/** What each state adds to the names and the state before. */
const FACTS = {
  STARTING: tries,
  BACKOFF: tries,
  RUNNING: pid,
  STOPPING: pid,
  STOPPED: pid,
  EXITED: (transition) => ` expected:${transition.expected ? 1 : 0}${pid(transition)}`,
  FATAL: nothing,
  UNKNOWN: nothing,
} as const satisfies Record<StateName, (transition: Transition) => string>;

function stateFacts(transition: Transition): string {
  return FACTS[transition.to](transition);
}
