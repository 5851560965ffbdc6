/**
 * Signs of life, both ways: ours at the period that Welcome gave, whatever else is said (they tell how old the engine's last
 * word is, and measure the clocks); and whether the controller gives any, for a socket that takes bytes proves nothing.
 */
import { type Clock, type Instant, msBetween, sleep } from '@fleetvisor/primitives';
import type { Welcome } from '@fleetvisor/protocol/link';
import type { EnginePulse } from './engine-pulse.ts';
import type { SessionEnd } from './session-end.ts';

/** Whatever the controller asks for, a sign of life is not sent more often. */
const leastPeriodMs = 100;

/** What the controller has stamped last: each heartbeat gives it back, so that one alone proves when it was sent. */
export interface Stamp {
  readonly stamp: bigint;
  readonly stampHeldUs: bigint;
}

export interface BeatsParts {
  readonly clock: Clock;
  readonly welcome: Pick<Welcome, 'heartbeatMs' | 'leaseMs' | 'stamp'>;
  readonly pulse: EnginePulse;
  readonly signal: AbortSignal;
  /** A heartbeat is due. */
  readonly beat: () => void;
}

export class Beats {
  readonly #parts: BeatsParts;
  #heardAt: Instant;
  #stamp: bigint;
  #stampedAt: Instant;

  /** To be made when Welcome has come. */
  constructor(parts: BeatsParts) {
    this.#parts = parts;
    this.#heardAt = parts.clock.now();
    this.#stamp = parts.welcome.stamp;
    this.#stampedAt = this.#heardAt;
  }

  /** The controller has said something. */
  heard(): void {
    this.#heardAt = this.#parts.clock.now();
  }

  /** It has answered a heartbeat. */
  stamped(stamp: bigint): void {
    this.#stamp = stamp;
    this.#stampedAt = this.#parts.clock.now();
  }

  /** For the heartbeat that is sent now. */
  stamp(): Stamp {
    const stamp = this.#stamp;
    const heldUs = stamp === 0n ? 0 : Math.round(msBetween(this.#stampedAt, this.#parts.clock.now()) * 1000);
    return { stamp, stampHeldUs: BigInt(heldUs) };
  }

  /** Beats until the session is over; the first time at once, where the controller measures by it. */
  async run(): Promise<SessionEnd> {
    const { clock, welcome, pulse, signal, beat } = this.#parts;
    const periodMs = Math.max(welcome.heartbeatMs, leastPeriodMs);
    if (welcome.stamp === 0n) await sleep(clock, periodMs, signal);
    for (;;) {
      const dueAt = clock.now();
      await pulse.ask(signal);
      beat();
      await sleep(clock, periodMs - msBetween(dueAt, clock.now()), signal);
    }
  }

  /** Resolves when the controller has said nothing for a lease; never for one that does not answer heartbeats. */
  async watch(): Promise<SessionEnd> {
    const { clock, welcome, signal } = this.#parts;
    if (welcome.stamp === 0n) return untilOver(signal);
    for (;;) {
      const leftMs = welcome.leaseMs - msBetween(this.#heardAt, clock.now());
      if (leftMs <= 0) {
        const seconds = Math.round(welcome.leaseMs / 1000);
        return { kind: 'lost', reason: `it has said nothing for ${seconds} s, though heartbeats are answered` };
      }
      await sleep(clock, leftMs, signal);
    }
  }
}

function untilOver(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
  });
}
