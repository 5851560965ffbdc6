/** How a session, or the attempt at one, can end. `reason` is for people: what happened, where, and what to do. */
import type { SessionResponse } from '@fleetvisor/protocol/link';

export type SessionEnd =
  /** The network, the controller or the bridge failed it. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The controller wants no session, or this host wants none with it. 0: it does not say when to ask again. */
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly isPermanent: boolean;
      readonly retryAfterMs: number;
      /** What answers there is of another fleet: another address may be of ours. */
      readonly isOtherFleet: boolean;
    }
  /** The controller sends the host elsewhere; no endpoints: to where it was. */
  | {
      readonly kind: 'redirected';
      readonly reason: string;
      readonly endpoints: readonly string[];
      readonly afterMs: number;
    }
  /** The engine is not who it was when it said Hello. */
  | { readonly kind: 'reintroduced'; readonly reason: string }
  /** The agent ends, and has said so. */
  | { readonly kind: 'goodbye'; readonly reason: string };

type Answer = NonNullable<SessionResponse['body']>;

export function refusedBy({ message, ...refusal }: Refusal): SessionEnd {
  return { kind: 'refused', reason: `the controller refuses this host: ${message}`, ...refusal };
}

interface Refusal {
  readonly message: string;
  readonly isPermanent: boolean;
  readonly retryAfterMs: number;
  readonly isOtherFleet: boolean;
}

export function redirectedTo({ endpoints, afterMs, reason }: (Answer & { $case: 'redirect' })['value']): SessionEnd {
  const where = endpoints.length === 0 ? 'dial again' : `dial ${endpoints.join(', ')}`;
  const why = reason === '' ? '' : `: ${reason}`;
  return { kind: 'redirected', reason: `the controller asks the agent to ${where}${why}`, endpoints, afterMs };
}

/** The host belongs to a fleet already, and this is another one's controller. */
export function wrongFleet(ours: string, theirs: string): SessionEnd {
  return {
    kind: 'refused',
    reason:
      `the controller belongs to fleet ${theirs}, this host to fleet ${ours}; correct the controller's address, ` +
      'or stop this agent and start it with a data folder of its own for that fleet (--data-dir)',
    isPermanent: true,
    retryAfterMs: 0,
    isOtherFleet: true,
  };
}
