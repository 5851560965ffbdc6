/** An event as it goes into the stdin of a listener: a header line and the payload, and nothing after it. Pure. */
import type { EventType } from './event-types.ts';

/** An event that at least one pool has taken. */
export interface NumberedEvent {
  /** Counts such events from 0, all pools together. */
  readonly serial: number;
  readonly type: EventType;
  readonly payload: Buffer;
}

/** An event in the hands of one pool. */
export interface PooledEvent {
  readonly event: NumberedEvent;
  /** Counts the events of the pool from 0; stays when it is sent again. */
  readonly poolSerial: number;
}

/** @param identifier of the daemon */
export function renderEnvelope(identifier: string, pool: string, { event, poolSerial }: PooledEvent): Buffer {
  const { serial, type, payload } = event;
  const head =
    `ver:3.0 server:${identifier} serial:${serial} pool:${pool} poolserial:${poolSerial} ` +
    `eventname:${type} len:${countCharacters(payload)}\n`;
  return Buffer.concat([Buffer.from(head), payload]);
}

/**
 * `len` counts characters and not bytes, as in Supervisor: its own Python helper, which most listeners are made with,
 * reads so many characters of text. With bytes it would wait for more and take them from the next event.
 * @param utf8 well-formed
 */
export function countCharacters(utf8: Uint8Array): number {
  let count = 0;
  // Every byte but those that continue a character.
  for (const byte of utf8) if ((byte & 0xc0) !== 0x80) count++;
  return count;
}
