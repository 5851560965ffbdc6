/** What each message of a standing session means: hands it to the part of the fleet that it is for. */
import { FleetError, instant } from '@fleetvisor/primitives';
import {
  CommandPhase,
  type ConfigStatus,
  type Goodbye,
  type Heartbeat,
  type SessionRequest,
  type SessionResponse,
  type StateDelta,
  type StateSnapshot,
} from '@fleetvisor/protocol/link';
import type { ConfigFacts } from '../fleet/config-facts.ts';
import { reader } from '../wire/words.ts';
import type { EventIntake } from './event-intake.ts';
import { actionResultFromWire, deltaFromWire, offerStatusFromWire, statusFromWire } from './from-wire.ts';
import type { LinkHouse } from './link-house.ts';
import { SnapshotAssembly } from './snapshot-assembly.ts';
import { type GoodbyeWord, goodbyes } from './words.ts';

export interface ReaderParts {
  readonly house: LinkHouse;
  readonly hostId: string;
  readonly session: bigint;
  readonly events: EventIntake;
  send(message: SessionResponse): void;
}

const goodbyeOf = reader<GoodbyeWord>(goodbyes);

export class MessageReader {
  readonly #parts: ReaderParts;
  readonly #assembly = new SnapshotAssembly();
  /** Welcome asks for the first snapshot. */
  #isSnapshotAsked = true;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /**
   * Takes one message, in the order in which they came.
   * @returns why the session ends, when this message says so
   * @throws FleetError `invalid` for a message that no agent sends
   */
  async take({ body }: SessionRequest): Promise<string | undefined> {
    const { house, hostId, session, events } = this.#parts;
    // Any message is a sign of life; of the engine's life a heartbeat says more.
    if (body?.$case !== 'heartbeat') house.live.heard(hostId, session, house.clock.now());
    switch (body?.$case) {
      case 'hello':
        throw new FleetError('invalid', 'a second Hello came in one session');
      case 'snapshot':
        this.#snapshot(body.value);
        return undefined;
      case 'delta':
        this.#delta(body.value);
        return undefined;
      case 'events':
        await events.take(body.value);
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

  #snapshot(snapshot: StateSnapshot): void {
    const { house, hostId, session } = this.#parts;
    const processes = this.#assembly.add({ ...snapshot, processes: snapshot.processes.map(statusFromWire) });
    if (processes === undefined) return;
    this.#isSnapshotAsked = false;
    house.live.snapshot(hostId, session, snapshot.version, processes);
  }

  #delta(delta: StateDelta): void {
    const { house, hostId, session } = this.#parts;
    if (house.live.delta(hostId, session, deltaFromWire(delta))) return;
    this.#askSnapshot(
      `the delta builds on version ${delta.base}, held is ${house.live.stateVersion(hostId) ?? 'none'}`,
    );
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

  /** A link that lives must not hide an engine that does not: the sign of life is as old as the engine's last answer. */
  #heartbeat({ stateVersion, engineTickAgeMs, wallTimeUs, running }: Heartbeat): void {
    const { house, hostId, session } = this.#parts;
    const { live, clock } = house;
    live.heard(hostId, session, instant(clock.now() - engineTickAgeMs * 1000));
    live.facts(hostId, session, { clockSkewUs: wallTimeUs - clock.wallTimeUs() });
    const config = live.host(hostId)?.config;
    if (running !== undefined && config !== undefined && config.running?.hash !== running.hash) {
      live.facts(hostId, session, { config: { ...config, running } });
    }
    const held = live.stateVersion(hostId);
    if (held !== stateVersion)
      this.#askSnapshot(`the heartbeat says version ${stateVersion}, held is ${held ?? 'none'}`);
  }

  #goodbye({ reason, expectedBackMs }: Goodbye): string {
    const { house, hostId, session } = this.#parts;
    house.live.saidGoodbye(hostId, session, expectedBackMs);
    return `it said goodbye (${goodbyeOf(reason) ?? 'no reason given'})`;
  }

  /** Once, until it comes. */
  #askSnapshot(reason: string): void {
    if (this.#isSnapshotAsked) return;
    this.#isSnapshotAsked = true;
    this.#parts.send({ body: { $case: 'snapshotRequest', value: { reason } } });
  }
}
