/** A session from Welcome on: four loops (read, write, beat, watch), of which the first that ends ends them all. */
import type { Clock } from '@fleetvisor/primitives';
import type { SessionRequest, SessionResponse, Welcome } from '@fleetvisor/protocol/link';
import type { EngineMessage, GenerationRef, Introduction, LinkMessage } from '../bridge/port.ts';
import type { ActionResult } from '../supervision/action.ts';
import { Beats } from './beats.ts';
import type { Connection, SessionLink } from './connection.ts';
import type { EnginePulse } from './engine-pulse.ts';
import { EventWindow } from './event-window.ts';
import { brokenContract, commandFromWire, logOpenFromWire, offerFromWire } from './from-wire.ts';
import { LogStreams } from './log-streams.ts';
import { Outbox } from './outbox.ts';
import { redirectedTo, type SessionEnd } from './session-end.ts';
import type { StateSync } from './state-sync.ts';
import { commandAccepted, commandDone, configStatus, eventBatch, goodbye, heartbeat } from './to-wire.ts';
import { within } from './within.ts';

const lastEventsWithinMs = 1000;

export interface StandingParts {
  readonly connection: Connection;
  readonly link: SessionLink;
  readonly incoming: AsyncIterator<SessionResponse>;
  readonly clock: Clock;
  /** As it was told in Hello. */
  readonly introduction: Introduction;
  readonly welcome: Welcome;
  readonly state: StateSync;
  readonly pulse: EnginePulse;
  readonly toEngine: (message: LinkMessage) => void;
  /** Aborted when the session is over; from then on nothing that still comes goes anywhere. */
  readonly signal: AbortSignal;
}

export class StandingSession implements AsyncDisposable {
  readonly #parts: StandingParts;
  readonly #outbox: Outbox;
  readonly #window: EventWindow;
  readonly #logs: LogStreams;
  readonly #loops: readonly Promise<SessionEnd>[];
  readonly #beats: Beats;
  #running: GenerationRef | undefined;
  #leaving: Promise<void> | undefined;
  #onAcked = () => {};

  constructor(parts: StandingParts) {
    const { welcome, introduction, connection, clock, state, toEngine } = parts;
    const { session, fleetId, incarnation, ackedSeq } = welcome;
    this.#parts = parts;
    this.#outbox = new Outbox(state);
    const { eventsInFlightMax: inFlightMax, eventBytesInFlightMax: bytesInFlightMax } = welcome;
    this.#window = new EventWindow({ ackedSeq, inFlightMax, bytesInFlightMax });
    this.#logs = new LogStreams({
      ...{ connection, session, toEngine, hostId: introduction.hostId },
      sessionIdle: (signal) => this.#outbox.idle(signal),
    });
    this.#running = introduction.config.running;
    const beat = () => this.#outbox.putBeat(() => this.#signOfLife());
    this.#beats = new Beats({ clock, welcome, pulse: parts.pulse, signal: parts.signal, beat });
    toEngine({ kind: 'connected', session, fleetId, incarnation, ackedSeq });
    state.begin(welcome.snapshotWanted);
    this.#askForEvents();
    this.#loops = [this.#read(), this.#write(), this.#beats.run(), this.#beats.watch()];
  }

  /** How it ended; rejects when something failed. */
  get ended(): Promise<SessionEnd> {
    return Promise.race(this.#loops);
  }

  /** The state has something to say. */
  wake(): void {
    this.#outbox.wake();
  }

  /**
   * Takes what the engine said; the state is the session's own.
   * @throws FleetError `unavailable` when the controller reads nothing.
   */
  take(message: EngineMessage): void {
    switch (message.kind) {
      case 'events':
        if (message.epoch !== this.#epoch || !this.#window.answered(message.afterSeq, message.events)) break;
        this.#outbox.putEvents(eventBatch(message));
        break;
      case 'offerStatus':
        this.#running = message.status.running;
        this.#outbox.putControl(configStatus(message.status));
        break;
      case 'commandAccepted':
        this.#outbox.putControl(commandAccepted(message.commandId));
        break;
      case 'commandDone':
        this.#outbox.putControl(commandDone(message.commandId, message.result));
        break;
      case 'logChunk':
      case 'logEnd':
        this.#logs.take(message);
        break;
      case 'introduction':
        this.#running = message.introduction.config.running;
        break;
      case 'stopping':
        this.#leaving = this.#leave(message.reason).catch(() => undefined); // the session is over: nothing to say it on
        break;
    }
  }

  /** Waits for the loops, which the signal ends, and for the logs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#loops, this.#leaving, this.#logs[Symbol.asyncDispose]()]);
  }

  /** Events of this epoch are sent; the engine may begin another one meanwhile. */
  get #epoch(): string {
    return this.#parts.introduction.epoch;
  }

  async #write(): Promise<SessionEnd> {
    const { link, signal } = this.#parts;
    for (;;) {
      const message = await this.#outbox.take(signal);
      await link.send(message, signal);
      if (message.body?.$case === 'goodbye') return { kind: 'goodbye', reason: 'the agent is stopping' };
      if (message.body?.$case === 'events') {
        this.#window.sent();
        this.#askForEvents();
      }
    }
  }

  #signOfLife(): SessionRequest {
    const { clock, pulse, state } = this.#parts;
    return heartbeat({
      stateVersion: BigInt(state.saidVersion),
      nextSeq: pulse.pong.nextSeq,
      spoolBytes: BigInt(pulse.pong.spoolBytes),
      engineTickAgeMs: pulse.ageMs,
      wallTimeUs: clock.wallTimeUs(),
      running: this.#running,
      ...this.#beats.stamp(),
    });
  }

  async #read(): Promise<SessionEnd> {
    const { incoming, signal } = this.#parts;
    for (;;) {
      const next = await incoming.next();
      if (next.done || signal.aborted) return { kind: 'lost', reason: 'the controller ended the session' };
      this.#beats.heard();
      const end = this.#heed(next.value.body);
      if (end !== undefined) return end;
    }
  }

  /** @returns the session's end, when this ends it. */
  #heed(body: SessionResponse['body']): SessionEnd | undefined {
    const { toEngine, state } = this.#parts;
    switch (body?.$case) {
      case 'eventAck':
        this.#acked(body.value.epoch, body.value.upToSeq);
        return undefined;
      case 'snapshotRequest':
        state.awaitSnapshot();
        toEngine({ kind: 'snapshotWanted' });
        return undefined;
      case 'configOffer':
        toEngine({ kind: 'offer', offer: offerFromWire(body.value) });
        return undefined;
      case 'command': {
        const command = commandFromWire(body.value);
        if (command !== undefined) toEngine(command);
        else this.#outbox.putControl(commandDone(body.value.commandId, notUnderstood));
        return undefined;
      }
      case 'commandCancel':
        toEngine({ kind: 'commandCancel', commandId: body.value.commandId });
        return undefined;
      case 'logOpen':
        this.#logs.open(logOpenFromWire(body.value));
        return undefined;
      case 'logClose':
        this.#logs.close(body.value.streamId);
        return undefined;
      case 'heartbeatAck':
        this.#beats.stamped(body.value.stamp);
        return undefined;
      case 'redirect':
        return redirectedTo(body.value);
      case 'welcome':
      case 'reject':
        throw brokenContract(`${body.$case} in the middle of a session`);
      case undefined:
        return undefined; // a newer controller's, which an older agent may leave aside
    }
  }

  #acked(epoch: string, upToSeq: bigint): void {
    if (epoch !== this.#epoch) return;
    this.#window.acked(upToSeq);
    this.#parts.toEngine({ kind: 'acked', epoch, upToSeq });
    this.#askForEvents();
    this.#onAcked();
  }

  /** The last events of an agent say why it ended: they go first, if that takes no more than a moment. */
  async #leave(reason: 'stop' | 'upgrade'): Promise<void> {
    const { clock, pulse, signal } = this.#parts;
    await pulse.ask(signal);
    const acked = this.#acknowledged(pulse.pong.nextSeq - 1n);
    await within(clock, lastEventsWithinMs, acked, 'late', signal).catch(() => signal.throwIfAborted());
    this.#outbox.putGoodbye(goodbye(reason));
  }

  #acknowledged(seq: bigint): Promise<void> {
    return new Promise((resolve) => {
      this.#onAcked = () => {
        if (this.#window.ackedSeq >= seq) resolve();
      };
      this.#onAcked();
    });
  }

  #askForEvents(): void {
    const ask = this.#window.ask();
    if (ask !== undefined) this.#parts.toEngine({ kind: 'eventsWanted', ...ask });
  }
}

const notUnderstood: ActionResult = {
  outcome: 'rejected',
  results: [],
  changes: undefined,
  message: 'this version of fleet-agent does not know what is asked: upgrade the agent',
  problems: [],
};
