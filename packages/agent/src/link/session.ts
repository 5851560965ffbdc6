/**
 * One life of the link: Hello, Welcome, then what StandingSession does, until something fails. The specification is
 * proto/fleet/v1/link.proto. Knows no gRPC, and nothing of what follows a session's end.
 */
import { type Clock, type Instant, messageOf, msBetween } from '@fleetvisor/primitives';
import type { HostFacts, Welcome } from '@fleetvisor/protocol/link';
import type { EngineMessage, Introduction, LinkMessage } from '../bridge/port.ts';
import type { Connection, SessionLink } from './connection.ts';
import { EnginePulse } from './engine-pulse.ts';
import { greet } from './greet.ts';
import type { SessionEnd } from './session-end.ts';
import { StandingSession } from './standing-session.ts';
import { StateSync } from './state-sync.ts';
import { hello } from './to-wire.ts';
import { within } from './within.ts';

export interface SessionParts {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly facts: HostFacts;
  /** The newest that the engine gave. */
  readonly introduction: () => Introduction;
  /** @throws FleetError `unavailable` when the engine takes nothing any more. */
  readonly toEngine: (message: LinkMessage) => void;
}

const snapshotWithinMs = 30_000;

export class Session {
  readonly #parts: SessionParts;
  readonly #state = new StateSync();
  readonly #pulse: EnginePulse;
  readonly #filled = Promise.withResolvers<void>();
  readonly #over = new AbortController();
  readonly #ended = Promise.withResolvers<SessionEnd>();
  #standing: StandingSession | undefined;
  /** How an offer fared while Hello was under way, which may have said otherwise. */
  #early: (EngineMessage & { kind: 'offerStatus' }) | undefined;
  #welcome: Welcome | undefined;
  #stoodFrom: Instant | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#pulse = new EnginePulse(parts.clock, parts.toEngine);
  }

  /** Undefined when the session has never stood. */
  get welcome(): Welcome | undefined {
    return this.#welcome;
  }

  /** How long ago the session began to stand, in milliseconds; 0 when it never has. */
  get stoodMs(): number {
    return this.#stoodFrom === undefined ? 0 : msBetween(this.#stoodFrom, this.#parts.clock.now());
  }

  /** Runs the session from Hello to its end, whatever ends it. Never rejects; an abort ends it as lost. */
  async run(signal: AbortSignal): Promise<SessionEnd> {
    const abort = () => this.end({ kind: 'lost', reason: messageOf(signal.reason) });
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const link = this.#parts.connection.openSession();
    const talk = this.#talk(link);
    try {
      return await Promise.race([this.#ended.promise, talk]);
    } catch (error) {
      return { kind: 'lost', reason: messageOf(error) };
    } finally {
      signal.removeEventListener('abort', abort);
      this.#over.abort(new Error('the session is over'));
      await link[Symbol.asyncDispose]();
      await Promise.allSettled([talk, this.#standing?.[Symbol.asyncDispose]()]);
    }
  }

  /** Ends the session for a reason of the agent's own; the first reason counts. */
  end(how: SessionEnd): void {
    this.#ended.resolve(how);
  }

  /** Takes what the engine said while this session was the present one. */
  deliver(message: EngineMessage): void {
    if (this.#over.signal.aborted) return;
    this.#pulse.heard(message);
    try {
      if (message.kind === 'snapshot') this.#fill(message);
      else if (message.kind === 'delta') this.#follow(message);
      else if (this.#standing !== undefined) this.#standing.take(message);
      else if (message.kind === 'offerStatus') this.#early = message;
    } catch (error) {
      this.end({ kind: 'lost', reason: messageOf(error) });
    }
  }

  async #talk(link: SessionLink): Promise<SessionEnd> {
    const { signal } = this.#over;
    const { clock, facts } = this.#parts;
    const incoming = link.incoming[Symbol.asyncIterator]();
    await this.#filledByEngine(signal);
    const introduction = this.#parts.introduction();
    const message = hello(introduction, facts, this.#state.saidVersion, clock.wallTimeUs());
    const greeting = await greet({ link, incoming, hello: message, fleetId: introduction.fleetId, clock, signal });
    if (greeting.kind !== 'welcome') return greeting;
    this.#welcome = greeting.welcome;
    this.#stoodFrom = clock.now();
    this.#standing = new StandingSession({
      ...this.#parts,
      introduction,
      link,
      incoming,
      welcome: greeting.welcome,
      state: this.#state,
      pulse: this.#pulse,
      signal,
    });
    if (this.#early !== undefined) this.#standing.take(this.#early);
    return this.#standing.ended;
  }

  /** Hello tells of a table that is there: so an engine that does not answer is not announced as alive. */
  async #filledByEngine(signal: AbortSignal): Promise<void> {
    this.#parts.toEngine({ kind: 'snapshotWanted' });
    const late = `the agent's engine did not answer its link within ${snapshotWithinMs / 1000} s`;
    await within(this.#parts.clock, snapshotWithinMs, this.#filled.promise, late, signal);
  }

  #fill(snapshot: EngineMessage & { kind: 'snapshot' }): void {
    this.#state.takeSnapshot(snapshot);
    this.#filled.resolve();
    this.#standing?.wake();
  }

  #follow(delta: EngineMessage & { kind: 'delta' }): void {
    if (this.#state.takeDelta(delta)) {
      this.#standing?.wake();
    } else {
      this.#state.awaitSnapshot();
      this.#parts.toEngine({ kind: 'snapshotWanted' });
    }
  }
}
