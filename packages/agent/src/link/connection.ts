/** What the link needs of the network: one connection to a controller, with the streams of the contract on it. */
import type { Link } from '@fleetvisor/primitives';
import type { LogStreamRequest, LogStreamResponse, SessionRequest, SessionResponse } from '@fleetvisor/protocol/link';

export type SessionLink = Link<SessionRequest, SessionResponse>;
export type LogLink = Link<LogStreamRequest, LogStreamResponse>;

/** Disposing ends every stream on it. */
export interface Connection extends AsyncDisposable {
  openSession(): SessionLink;
  openLogStream(): LogLink;
}

/**
 * Connects to HOST:PORT.
 * @throws FleetError `unavailable` naming the endpoint and the reason; the signal's reason when aborted.
 */
export type Connect = (endpoint: string, signal: AbortSignal) => Promise<Connection>;
