/** What each message of a standing session means: hands it to the part of the fleet that it is for. */
import { FleetError, instant } from '@fleetvisor/primitives';
import {
  CommandPhase,
  type ConfigStatus,
  type Goodbye,
  type Heartbeat,
  type SessionRequest,
  type SessionResponse,
} from '@fleetvisor/protocol/link';
import { type ClockSkew, measuredSkew } from '../fleet/clock-skew.ts';
import type { ConfigFacts } from '../fleet/config-facts.ts';
import { type GoodbyeReason, livedAt } from '../fleet/freshness.ts';
import { reader } from '../wire/words.ts';
import type { EventIntake } from './event-intake.ts';
import { actionResultFromWire, offerStatusFromWire } from './from-wire.ts';
import type { LinkHouse } from './link-house.ts';
import type { TableSync } from './table-sync.ts';
import { goodbyes } from './words.ts';

export interface ReaderParts {
  readonly house: LinkHouse;
  readonly hostId: string;
  readonly session: bigint;
  readonly events: EventIntake;
  readonly table: TableSync;
  send(message: SessionResponse): void;
}

/** The host ends its session on purpose. */
export interface Leave {
  /** For people. */
  readonly reason: string;
  /** Its programs run on, and it is back in a moment: nothing of it is given up yet. */
  readonly isUpgrade: boolean;
}

const goodbyeOf = reader<GoodbyeReason>(goodbyes);

export class MessageReader {
  readonly #parts: ReaderParts;
  /** Stamps of ours come back in this session. */
  #givesStampsBack = false;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /**
   * Takes one message, in the order in which they came.
   * @returns that the session ends, when this message says so
   * @throws FleetError `invalid` for a message that no agent sends
   */
  take({ body }: SessionRequest): Leave | undefined {
    const { house, hostId, session, events, table } = this.#parts;
    // Any message is a sign of life; of the engine's life a heartbeat says more.
    if (body?.$case !== 'heartbeat') house.live.heard(hostId, session, house.clock.now());
    switch (body?.$case) {
      case 'hello':
        throw new FleetError('invalid', 'a second Hello came in one session');
      case 'snapshot':
        table.snapshot(body.value);
        return undefined;
      case 'delta':
        table.delta(body.value);
        return undefined;
      case 'events':
        events.take(body.value);
        return undefined;
      case 'configStatus':
        this.#configStatus(body.value);
        return undefined;
      case 'commandUpdate': {
        const { commandId, phase } = body.value;
        if (phase === CommandPhase.DONE) house.commands.done(hostId, commandId, actionResultFromWire(body.value));
        return undefined;
      }
      case 'heartbeat':
        this.#heartbeat(body.value);
        return undefined;
      case 'goodbye':
        return this.#goodbye(body.value);
      case undefined:
        return undefined; // a kind of message that a later version has: it asked for no answer from this one
    }
  }

  #configStatus(message: ConfigStatus): void {
    const { house, hostId, session } = this.#parts;
    const status = offerStatusFromWire(message);
    const { to, phase, problems, running } = status;
    const before = house.live.host(hostId)?.config;
    const config: ConfigFacts = {
      running: running ?? before?.running,
      lastAttempt: { ref: to, phase, problems },
      lastKnownGood: phase === 'applied' ? to : before?.lastKnownGood,
    };
    house.live.facts(hostId, session, { config });
    house.rollouts.offerStatus(hostId, status);
  }

  /**
   * A link that lives must not hide an engine that does not: the sign of life is as old as the engine's last answer; and as
   * old as the stamp that comes back with it, for nobody knows how long it was on the way.
   */
  #heartbeat(beat: Heartbeat): void {
    const { house, hostId, session, table } = this.#parts;
    const { live, clock } = house;
    const { engineTickAgeMs, running } = beat;
    live.heard(hostId, session, instant(clock.now() - engineTickAgeMs * 1000));
    this.#proof(beat);
    const measured = this.#measure(beat);
    if (measured !== undefined) live.facts(hostId, session, { clock: measured });
    const config = live.host(hostId)?.config;
    if (running !== undefined && config !== undefined && config.running?.hash !== running.hash) {
      live.facts(hostId, session, { config: { ...config, running } });
    }
    table.told(beat.stateVersion);
    this.#parts.send({ body: { $case: 'heartbeatAck', value: { stamp: BigInt(clock.now()) } } });
  }

  #proof({ stamp, stampHeldUs: heldUs, engineTickAgeMs: engineAgeMs }: Heartbeat): void {
    const { house, hostId, session } = this.#parts;
    this.#givesStampsBack ||= stamp !== 0n;
    const now = house.clock.now();
    if (stamp !== 0n) house.live.proven(hostId, session, livedAt({ stamp, heldUs, engineAgeMs }, now));
    // An agent that knows no stamps is believed.
    else if (!this.#givesStampsBack) house.live.proven(hostId, session, instant(now - engineAgeMs * 1000));
  }

  /** undefined for a heartbeat that brings no stamp, or one that makes no sense. */
  #measure({ wallTimeUs, stamp, stampHeldUs }: Heartbeat): ClockSkew | undefined {
    if (stamp === 0n) return undefined;
    const { clock } = this.#parts.house;
    const [backUs, ownUs] = [BigInt(clock.now()), clock.wallTimeUs()];
    return measuredSkew({ hostUs: wallTimeUs, heldUs: stampHeldUs, sentUs: stamp, backUs, ownUs });
  }

  #goodbye({ reason, expectedBackMs }: Goodbye): Leave {
    const { house, hostId, session } = this.#parts;
    const why = goodbyeOf(reason) ?? 'stop';
    house.live.saidGoodbye(hostId, session, { why, expectedBackMs });
    return { reason: `it said goodbye (${why})`, isUpgrade: why === 'upgrade' };
  }
}
