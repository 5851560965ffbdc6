/** An event of the central history as JSON: what is searched for in fields of its own, the rest as the contract has it. */
import { EventBody } from '@fleetvisor/protocol/common';
import { readEventBody } from '../store/event-body.ts';
import type { StoredEvent } from '../store/events.ts';
import * as json from './json.ts';

/**
 * `position` is the cursor. `at` is by the host's clock, `receivedAt` by the controller's. `host` and `hostId` are
 * null for an event of the controller itself, `group` and `process` for one of no process. `kind` is the name of the
 * case of EventBody in fleet/v1/common.proto, `details` its message in protobuf's JSON form: 64-bit integers as
 * strings, bytes in base64, enum values by name.
 */
export const eventSchema = {
  type: 'object',
  properties: {
    position: json.bigInteger,
    host: { type: ['string', 'null'] },
    hostId: { type: ['string', 'null'] },
    epoch: json.text,
    seq: json.bigInteger,
    at: json.time,
    receivedAt: json.time,
    kind: json.text,
    group: { type: ['string', 'null'] },
    process: { type: ['string', 'null'] },
    details: { type: 'object', additionalProperties: true },
  },
} as const;

export function eventJson(event: StoredEvent): object {
  const hasHost = event.host !== '';
  const hasProcess = event.process !== '';
  return {
    position: json.jsonInteger(event.position),
    host: hasHost ? event.host : null,
    hostId: hasHost ? event.hostId : null,
    epoch: event.epoch,
    seq: json.jsonInteger(event.seq),
    at: json.jsonTime(event.atUs),
    receivedAt: json.jsonTime(event.receivedAtUs),
    kind: event.kind,
    group: hasProcess ? event.group : null,
    process: hasProcess ? event.process : null,
    details: detailsOf(event),
  };
}

/** The message alone: the case that wraps it is `kind`. */
function detailsOf(event: StoredEvent): unknown {
  const wrapped: unknown = EventBody.toJSON({ kind: readEventBody(event) });
  return typeof wrapped === 'object' && wrapped !== null ? (Object.values(wrapped)[0] ?? {}) : {};
}
