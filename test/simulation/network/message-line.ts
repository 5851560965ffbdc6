/** A message of the link in one line, for the digest of a story. */
import type { SessionRequest, SessionResponse } from '@fleetvisor/protocol/link';

export function messageLine({ body }: SessionRequest | SessionResponse): string {
  switch (body?.$case) {
    case 'events':
      return `events from ${body.value.events[0]?.seq} (${body.value.events.length})`;
    case 'eventAck':
      return `eventAck ${body.value.upToSeq}`;
    case 'delta':
      return `delta ${body.value.base} ${body.value.version}`;
    case 'configOffer':
      return `configOffer ${body.value.to?.hash.slice(0, 8)}`;
    case 'configStatus':
      return `configStatus ${body.value.to?.hash.slice(0, 8)} ${body.value.phase}`;
    case 'commandUpdate':
      return `commandUpdate ${body.value.phase} ${body.value.outcome}`;
    default:
      return body?.$case ?? 'nothing';
  }
}

/** The number of the session that a message begins. */
export function sessionOf({ body }: SessionResponse): bigint | undefined {
  return body?.$case === 'welcome' ? body.value.session : undefined;
}
