/** From a new link to a session that stands, or to a refusal. Knows the protocol, and nothing of what carries it. */
import { FleetError, type Link, messageOf } from '@fleetvisor/primitives';
import type { SessionRequest, SessionResponse } from '@fleetvisor/protocol/link';
import { admit } from './admission.ts';
import { firstMessage } from './first-message.ts';
import type { LinkHouse } from './link-house.ts';
import { StandingSession } from './standing-session.ts';
import { refusalToWire } from './to-wire.ts';

export type AgentLink = Link<SessionResponse, SessionRequest>;

/**
 * Runs a link to its end. Never rejects: how it ended is logged, and told in the central history when a session stood.
 * @param address of the peer, for people
 * @param stop ends it when aborted, with its reason
 */
export async function runSession(link: AgentLink, address: string, house: LinkHouse, stop: AbortSignal): Promise<void> {
  try {
    const session = await greet(link, address, house, stop);
    await session?.run(stop);
  } catch (error) {
    house.log.warn({ address, reason: messageOf(error) }, 'a link ended before a session stood');
  } finally {
    await link[Symbol.asyncDispose]();
  }
}

async function greet(
  link: AgentLink,
  address: string,
  house: LinkHouse,
  stop: AbortSignal,
): Promise<StandingSession | undefined> {
  const incoming = link.incoming[Symbol.asyncIterator]();
  const { body } = await firstMessage(incoming, 'Hello', house.clock, stop);
  if (body?.$case !== 'hello') {
    throw new FleetError('invalid', `the first message was ${body?.$case ?? 'empty'} and not Hello`);
  }
  const hello = body.value;
  const admission = await admit(hello, address, house);
  if (admission.kind === 'refused') {
    const { code, message } = admission.refusal;
    house.door.count(code);
    house.log.warn({ host: hello.name, hostId: hello.hostId, address, code, reason: message }, 'a host was refused');
    await link.send(refusalToWire(admission.refusal), stop);
    return undefined;
  }
  return new StandingSession({ ...admission, link, incoming, house });
}
