/**
 * The link's life: session after session with the one controller that the engine named, until the engine closes its end.
 * Tries the addresses in turn, and waits between attempts as `redial` says.
 */
import { abortable, type Clock, FleetError, messageOf, type Random, sleep } from '@fleetvisor/primitives';
import type { HostFacts } from '@fleetvisor/protocol/link';
import type { Introduction, LinkEnd, LinkMessage } from '../bridge/port.ts';
import type { Connect } from './connection.ts';
import { Endpoints } from './endpoints.ts';
import { afterStatus } from './introduction.ts';
import { type DialHistory, redial } from './redial.ts';
import { Session } from './session.ts';
import type { SessionEnd } from './session-end.ts';

export interface RunLinkOptions {
  readonly engine: LinkEnd;
  readonly connect: Connect;
  readonly facts: HostFacts;
  readonly clock: Clock;
  readonly random: Random;
}

/** An engine that leaves more than this unread has hung: a session with it would only fill the memory. */
const queuedBytesMax = 64 * 1024 * 1024;

/** Resolves when the engine has closed its end, or has said that it is stopping and the goodbye is said. */
export async function runLink(options: RunLinkOptions): Promise<void> {
  const dialer = new Dialer(options);
  const dialing = dialer.dial();
  await Promise.race([dialer.listen(), dialing]);
  dialer.close();
  await dialing;
}

interface Attempt {
  readonly end: SessionEnd;
  /** Undefined when there was no connection. */
  readonly session: Session | undefined;
}

class Dialer {
  readonly #options: RunLinkOptions;
  readonly #over = new AbortController();
  readonly #introduced = Promise.withResolvers<Introduction>();
  #introduction: Introduction | undefined;
  #session: Session | undefined;
  /** Ends the wait that is under way: something has changed. */
  #waking = new AbortController();

  constructor(options: RunLinkOptions) {
    this.#options = options;
  }

  close(): void {
    this.#over.abort(new Error('the agent has closed its link'));
  }

  /** Hands on what the engine says; resolves when it says nothing more. */
  async listen(): Promise<void> {
    for await (const message of this.#options.engine.incoming) {
      if (message.kind === 'introduction') this.#introduce(message.introduction);
      if (message.kind === 'offerStatus' && this.#introduction !== undefined) {
        this.#introduction = afterStatus(this.#introduction, message.status);
      }
      this.#session?.deliver(message);
      // Without a session there is nobody to say goodbye to.
      if (message.kind === 'stopping' && this.#session?.welcome === undefined) this.close();
    }
  }

  /** Resolves when the goodbye is said, or when closed. */
  async dial(): Promise<void> {
    const { signal } = this.#over;
    const first = await abortable(this.#introduced.promise, signal).catch(() => undefined);
    if (first === undefined) return; // closed before the engine said who it is
    const endpoints = new Endpoints(first.endpoints);
    let history: DialHistory = { failures: 0, spreadMs: 0 };
    while (!signal.aborted) {
      const { end, session } = await this.#attempt(endpoints.present);
      if (end.kind === 'goodbye' || signal.aborted) return;
      this.#tell(endpoints.present, end);
      if (isElsewhere(end, session) && endpoints.moveOn()) continue;
      const sentTo = end.kind === 'redirected' ? end.endpoints : [];
      endpoints.use(sentTo.length > 0 ? sentTo : this.#known().endpoints);
      history = await this.#pause(end, session, history);
    }
  }

  async #attempt(endpoint: string): Promise<Attempt> {
    const { connect, clock, facts } = this.#options;
    const { signal } = this.#over;
    try {
      await using connection = await connect(endpoint, signal);
      const toEngine = (message: LinkMessage) => this.#toEngine(message);
      const introduction = () => this.#known();
      const session = new Session({ connection, clock, facts, introduction, toEngine });
      this.#session = session;
      return { session, end: await session.run(signal) };
    } catch (error) {
      return { session: undefined, end: { kind: 'lost', reason: messageOf(error) } };
    } finally {
      this.#session = undefined;
    }
  }

  async #pause(end: SessionEnd, session: Session | undefined, before: DialHistory): Promise<DialHistory> {
    const { clock, random } = this.#options;
    const spreadMs = session?.welcome?.reconnectSpreadMs ?? before.spreadMs;
    const { failures, waitMs } = redial(end, session?.stoodMs ?? 0, { ...before, spreadMs }, random.next());
    this.#waking = new AbortController();
    const signal = AbortSignal.any([this.#waking.signal, this.#over.signal]);
    await sleep(clock, waitMs, signal).catch(() => undefined); // woken: there is something new to try
    return { failures, spreadMs };
  }

  #introduce(introduction: Introduction): void {
    const before = this.#introduction;
    this.#introduction = introduction;
    this.#introduced.resolve(introduction);
    if (before === undefined || whoIs(before) === whoIs(introduction)) return;
    this.#session?.end({ kind: 'reintroduced', reason: 'the agent introduces itself anew' });
    this.#waking.abort();
  }

  #tell(endpoint: string, end: SessionEnd): void {
    const isPermanent = end.kind === 'refused' && end.isPermanent;
    const reason = `controller ${endpoint}: ${end.reason}`;
    this.#options.engine.send({ kind: 'disconnected', reason, isPermanent });
  }

  #toEngine(message: LinkMessage): void {
    const { engine } = this.#options;
    if (engine.queuedBytes > queuedBytesMax) {
      throw new FleetError('unavailable', "the agent's engine does not read what the controller sends it");
    }
    engine.send(message);
  }

  #known(): Introduction {
    if (this.#introduction !== undefined) return this.#introduction;
    throw new FleetError('internal', 'the link dialled before the engine introduced itself');
  }
}

/** Nobody of ours was met at the address: the next one may be better. */
function isElsewhere(end: SessionEnd, session: Session | undefined): boolean {
  return end.kind === 'refused' ? end.isOtherFleet : end.kind === 'lost' && session?.welcome === undefined;
}

/** What a controller knows a host by from Hello alone; when it changes, Hello must be said again. */
function whoIs({ hostId, name, hostGroups, labels, epoch, endpoints }: Introduction): string {
  return JSON.stringify([hostId, name, hostGroups, labels, epoch, endpoints]);
}
