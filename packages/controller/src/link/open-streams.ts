/**
 * The streams that agents have opened, whatever carries them: each is judged at the door, run to its end, and waited for.
 */

import type { Link } from '@fleetvisor/primitives';
import type { LogStreamRequest, LogStreamResponse } from '@fleetvisor/protocol/link';
import type { LinkHouse } from './link-house.ts';
import { runLogStream } from './log-streams.ts';
import { sendAway } from './send-away.ts';
import { type AgentLink, runSession } from './session.ts';
import { type Refusal, refusalToWire } from './to-wire.ts';

const why = 'the controller is shutting down';

/** Disposing ends all of them and waits. */
export class OpenStreams implements AsyncDisposable {
  readonly #house: LinkHouse;
  readonly #stopped = new AbortController();
  readonly #streams = new Set<Promise<void>>();
  #sessionStreams = 0;

  constructor(house: LinkHouse) {
    this.#house = house;
  }

  /** @param address of the peer, for people */
  openSession(link: AgentLink, address: string): void {
    const { door, sessions } = this.#house;
    const refusal = door.judge(this.#sessionStreams - sessions.size);
    this.#sessionStreams++;
    if (refusal !== undefined) door.count(refusal.code);
    const session =
      refusal === undefined ? runSession(link, address, this.#house, this.#stopped.signal) : turnAway(link, refusal);
    this.#own(session.finally(() => this.#sessionStreams--));
  }

  openLog(link: Link<LogStreamResponse, LogStreamRequest>, address: string): void {
    this.#own(runLogStream(link, address, this.#house, this.#stopped.signal));
  }

  /** Lets nobody in any more, and asks everybody to dial again. Resolves when they have left, or do not listen. */
  async sendAway(): Promise<void> {
    this.#house.door.close();
    await sendAway(this.#house.sessions, why, this.#house.clock);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort(new Error(why));
    await Promise.all(this.#streams);
  }

  #own(stream: Promise<void>): void {
    const owned = stream.finally(() => this.#streams.delete(owned));
    this.#streams.add(owned);
  }
}

async function turnAway(link: AgentLink, refusal: Refusal): Promise<void> {
  try {
    await link.send(refusalToWire(refusal));
  } catch {
    // It has gone already, which is what it was asked to do.
  } finally {
    await link[Symbol.asyncDispose]();
  }
}
