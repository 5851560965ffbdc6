/** The beginning of a session: Hello, and what the controller answers. */
import type { Clock } from '@fleetvisor/primitives';
import { RejectCode, type SessionRequest, type SessionResponse, type Welcome } from '@fleetvisor/protocol/link';
import type { SessionLink } from './connection.ts';
import { brokenContract } from './from-wire.ts';
import { redirectedTo, refusedBy, type SessionEnd, wrongFleet } from './session-end.ts';
import { protocolVersions } from './to-wire.ts';
import { within } from './within.ts';

export type Greeting = { readonly kind: 'welcome'; readonly welcome: Welcome } | SessionEnd;

const answerWithinMs = 30_000;

export interface GreetParts {
  readonly link: SessionLink;
  readonly incoming: AsyncIterator<SessionResponse>;
  readonly hello: SessionRequest;
  /** Of the fleet that the host belongs to; empty when it belongs to none yet. */
  readonly fleetId: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** @throws FleetError when the controller does not answer, or breaks the contract. */
export async function greet({ link, incoming, hello, fleetId, clock, signal }: GreetParts): Promise<Greeting> {
  await link.send(hello, signal);
  const late = `the controller did not answer Hello within ${answerWithinMs / 1000} s`;
  const answer = await within(clock, answerWithinMs, incoming.next(), late, signal);
  if (answer.done) return { kind: 'lost', reason: 'the controller ended the session without an answer to Hello' };
  const { body } = answer.value;
  switch (body?.$case) {
    case 'welcome':
      return judge(body.value, fleetId);
    case 'reject': {
      const { code, message, permanent, retryAfterMs } = body.value;
      const isOtherFleet = code === RejectCode.WRONG_FLEET;
      return refusedBy({ message, isPermanent: permanent, retryAfterMs, isOtherFleet });
    }
    case 'redirect':
      return redirectedTo(body.value);
    default:
      throw brokenContract(`${body?.$case ?? 'nothing known'} instead of Welcome`);
  }
}

function judge(welcome: Welcome, fleetId: string): Greeting {
  if (fleetId !== '' && welcome.fleetId !== fleetId) return wrongFleet(fleetId, welcome.fleetId);
  if (welcome.protocol < protocolVersions.min || welcome.protocol > protocolVersions.max) {
    throw brokenContract(`protocol version ${welcome.protocol}`);
  }
  return { kind: 'welcome', welcome };
}
