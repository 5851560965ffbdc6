/** The lines that pools write to the main log: Supervisor's own texts, which log watchers match on. Pure. */
import { textOrLiteral } from '../../logs/bytes-literal.ts';
import type { EventBuffer } from './event-buffer.ts';
import type { ListenerStateName } from './listener-protocol.ts';

export interface PoolLogLine {
  readonly level: 'error' | 'warn' | 'debug';
  readonly text: string;
}

/** @param name of the process without its group, here and below, as Supervisor writes it */
export function sent(name: string, serial: number): PoolLogLine {
  return { level: 'debug', text: `event ${serial} sent to listener ${name}` };
}

/** Supervisor's words for a stdin that nobody reads any more. */
export function notTaken(name: string, serial: number): PoolLogLine {
  const text = `epipe occurred while sending event ${serial} to listener ${name}, listener state unchanged`;
  return { level: 'debug', text };
}

/** In Supervisor a full pipe is an exception that nobody catches; so the words are ours. */
export function notRead(name: string, serial: number): PoolLogLine {
  const text = `event ${serial} not sent to listener ${name}: it does not read its stdin, and what waits there is full`;
  return { level: 'debug', text };
}

export function accepted(name: string): PoolLogLine {
  return { level: 'debug', text: `${name}: event was processed` };
}

export function rejected(name: string): PoolLogLine {
  return { level: 'warn', text: `${name}: event was rejected` };
}

export function badResultLine(name: string, line: Uint8Array): PoolLogLine {
  return { level: 'warn', text: `${name}: bad result line: '${textOrLiteral(line)}'` };
}

export function moved(name: string, from: ListenerStateName, to: ListenerStateName): PoolLogLine {
  return { level: 'debug', text: `${name}: ${from} -> ${to}` };
}

export function silenced(name: string): PoolLogLine {
  const text =
    `${name}: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process ` +
    'violated the eventlistener protocol';
  return { level: 'warn', text };
}

/** @param buffer as it is before the event is in it */
export function rebuffering(pool: string, serial: number, { size, capacity }: EventBuffer): PoolLogLine {
  const text = `rebuffering event ${serial} for pool ${pool} (buf size=${size}, max=${capacity})`;
  return { level: 'debug', text };
}

export function discarding(pool: string, serial: number): PoolLogLine {
  return { level: 'error', text: `pool ${pool} event buffer overflowed, discarding event ${serial}` };
}
