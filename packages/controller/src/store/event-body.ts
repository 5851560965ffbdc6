/** Opens the body of a stored event. The store keeps bodies byte for byte as they came and never looks inside. */
import { EventBody } from '@fleetvisor/protocol/common';
import type { StoredEvent } from './events.ts';

/** The case of the body with its message; undefined for one that cannot be read: it must not hide the other events. */
export function readEventBody(event: Pick<StoredEvent, 'body'>): NonNullable<EventBody['kind']> | undefined {
  try {
    return EventBody.decode(event.body).kind;
  } catch {
    return undefined; // the event is shown without its body, which is all that is known of it
  }
}
