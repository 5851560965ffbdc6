/**
 * One life of a host's link, from Welcome to its end. Any failure on either side ends the whole of it; the agent dials
 * again. While it runs the registry has it, and nothing of the host's session before is left.
 */
import { BoundedQueue, FleetError, messageOf } from '@fleetvisor/primitives';
import type { SessionRequest, SessionResponse, Welcome } from '@fleetvisor/protocol/link';
import { unmeasuredSkew } from '../fleet/clock-skew.ts';
import { type Rhythm, rhythmFor } from '../fleet/freshness.ts';
import type { HostMessage } from '../fleet/host-links.ts';
import type { HostRecord } from '../store/hosts.ts';
import { protocolVersion } from './admission.ts';
import { EventIntake } from './event-intake.ts';
import { type EventLimits, eventLimitsFor } from './event-limits.ts';
import type { Introduction } from './hello.ts';
import type { LinkHouse } from './link-house.ts';
import { type Leave, MessageReader } from './message-reader.ts';
import type { OpenSession } from './registry.ts';
import type { AgentLink } from './session.ts';
import { whySetBack } from './set-back.ts';
import { TableSync } from './table-sync.ts';
import { hostMessageToWire, welcomeToWire } from './to-wire.ts';

export interface StandingSessionParts {
  readonly link: AgentLink;
  /** What follows Hello. */
  readonly incoming: AsyncIterator<SessionRequest>;
  readonly introduction: Introduction;
  readonly record: HostRecord;
  readonly house: LinkHouse;
}

/** Messages on the way to a slow agent; at one more its session is cut, rather than memory filled. */
const outgoingMax = 256;

export class StandingSession implements OpenSession {
  readonly hostId: string;
  readonly session: bigint;
  readonly ended: Promise<void>;
  readonly #resolveEnded: () => void;
  readonly #parts: StandingSessionParts;
  readonly #outgoing = new BoundedQueue<SessionResponse>(outgoingMax);
  readonly #over = new AbortController();
  readonly #limits: EventLimits;
  readonly #events: EventIntake;
  /** Why it was told to go. */
  #sentAway: string | undefined;

  constructor(parts: StandingSessionParts) {
    const { record, introduction, house } = parts;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolveEnded = resolve;
    this.hostId = record.hostId;
    this.session = record.session;
    this.#parts = parts;
    const send = (message: SessionResponse) => void this.#say(message); // a session that cannot take it is cut
    const source = { hostId: record.hostId, host: record.name, epoch: introduction.epoch };
    this.#limits = eventLimitsFor(house.live.size);
    this.#events = new EventIntake({ house, source, limits: this.#limits, send });
  }

  send(message: HostMessage): boolean {
    return this.#say(hostMessageToWire(message));
  }

  sendAway(reason: string, afterMs: number): void {
    this.#sentAway ??= reason;
    this.#say({ body: { $case: 'redirect', value: { endpoints: [], afterMs, reason } } });
    this.#outgoing.close();
  }

  cut(reason: string): void {
    this.#over.abort(new FleetError('unavailable', reason));
  }

  /** To the end of the session; rejects when it could not begin. */
  async run(stop: AbortSignal): Promise<void> {
    const { introduction, record, house } = this.#parts;
    const { store, commands, sessions, live } = house;
    const { hostId, session } = this;
    const [ackedSeq] = await Promise.all([
      store.events.ackedSeq(hostId, introduction.epoch),
      commands.hostArrived(hostId),
    ]);
    const setBack = whySetBack(introduction, { incarnation: store.incarnation, ackedSeq });
    if (setBack !== undefined) {
      store.wasSetBack(setBack);
      throw new FleetError('stale', `the store was set back: ${setBack}`);
    }
    const rhythm = rhythmFor(live.size, house.random.next());
    using table = new TableSync({ house, hostId, session, ask: (reason) => this.#askTable(reason) });
    const hasEntered = await sessions.enter(this, () => this.#arrive(rhythm, ackedSeq, table));
    if (!hasEntered) {
      throw new FleetError('stale', `session ${session} of host ${record.name} was overtaken by a newer one`);
    }
    try {
      const leave = await this.#converse(stop, table);
      this.#leave(leave);
      await this.#events.settled();
    } finally {
      sessions.close(this);
      this.#resolveEnded();
    }
  }

  /** Welcome goes first; whatever else is said to the host comes after it. */
  #arrive(rhythm: Rhythm, ackedSeq: bigint, table: TableSync): void {
    const { introduction, record, house } = this.#parts;
    const { live, clock, commands, ownEvents, log } = house;
    const { hostId, session } = this;
    const { config, engineInstanceId: life, stateVersion } = introduction;
    const isResumed = live.holds(hostId, life, stateVersion);
    this.#say(welcomeToWire(this.#welcome(rhythm, ackedSeq, table.begin(isResumed))));
    const skew = unmeasuredSkew(introduction.wallTimeUs, clock.wallTimeUs());
    live.arrived({ record, rhythm, config, clock: skew, life, isResumed });
    const { name: host, address } = record;
    ownEvents.record({ kind: 'hostConnected', hostId, host, session, address });
    commands.settleOpen(hostId);
    log.info({ host, hostId, session: String(session), address, agent: record.agentVersion }, 'a host has connected');
  }

  #welcome({ heartbeatMs, leaseMs, reconnectSpreadMs }: Rhythm, ackedSeq: bigint, snapshotWanted: boolean): Welcome {
    const { store, clock, version } = this.#parts.house;
    return {
      session: this.session,
      fleetId: store.fleetId,
      incarnation: store.incarnation,
      protocol: protocolVersion,
      heartbeatMs,
      leaseMs,
      reconnectSpreadMs,
      ackedSeq,
      eventsInFlightMax: this.#limits.inFlightMax,
      eventBytesInFlightMax: this.#limits.bytesInFlightMax,
      snapshotWanted,
      wallTimeUs: clock.wallTimeUs(),
      controllerVersion: version,
      stamp: BigInt(clock.now()),
    };
  }

  /** Both directions at once; returns why it ended. */
  async #converse(stop: AbortSignal, table: TableSync): Promise<Leave> {
    const over = AbortSignal.any([stop, this.#over.signal]);
    const { promise: cut, reject } = Promise.withResolvers<never>();
    const onOver = () => reject(over.reason);
    over.addEventListener('abort', onOver, { once: true });
    if (over.aborted) onOver();
    try {
      const arrived = this.#parts.house.rollouts.hostArrived(this.hostId).then(() => cut);
      return await Promise.race([this.#read(over, table), this.#write(over), this.#events.run(), arrived, cut]);
    } catch (error) {
      return broken(messageOf(error));
    } finally {
      over.removeEventListener('abort', onOver);
    }
  }

  async #read(over: AbortSignal, table: TableSync): Promise<Leave> {
    const { house, incoming } = this.#parts;
    const { hostId, session } = this;
    const send = (message: SessionResponse) => void this.#say(message);
    const reader = new MessageReader({ house, hostId, session, events: this.#events, table, send });
    for (;;) {
      const next = await incoming.next();
      if (next.done) return broken('the agent hung up');
      // What has come and was not read before the end is of a session that is fenced by now: it says nothing.
      if (over.aborted || this.#outgoing.isClosed) return broken('the session is over');
      const goodbye = reader.take(next.value);
      if (goodbye !== undefined) return goodbye;
    }
  }

  async #write(over: AbortSignal): Promise<Leave> {
    for await (const message of this.#outgoing) await this.#parts.link.send(message, over);
    return broken(this.#sentAway ?? 'the session was closed');
  }

  #askTable(reason: string): void {
    this.#say({ body: { $case: 'snapshotRequest', value: { reason } } });
  }

  #say(message: SessionResponse): boolean {
    const isTaken = this.#outgoing.offer(message);
    if (!isTaken && !this.#outgoing.isClosed) this.cut(`the agent is too slow: ${outgoingMax} messages wait for it`);
    return isTaken;
  }

  /**
   * All at once, so that nobody finds it half gone. A host that is back in a moment keeps what is under way there: it is
   * given up when its lease ends.
   */
  #leave({ reason, isUpgrade }: Leave): void {
    const { record, house } = this.#parts;
    const { hostId, session } = this;
    this.#outgoing.close();
    this.#events.close();
    house.sessions.close(this);
    house.live.streamEnded(hostId, session);
    house.logs.hostGone(hostId);
    if (!isUpgrade) {
      house.commands.hostGone(hostId);
      house.rollouts.hostGone(hostId);
    }
    house.ownEvents.record({ kind: 'hostDisconnected', hostId, host: record.name, session, reason });
    house.log.info({ host: record.name, hostId, session: String(session), reason }, 'a host has disconnected');
  }
}

function broken(reason: string): Leave {
  return { reason, isUpgrade: false };
}
