/** A clock that moves only when told to: for tests and simulation. Timers fire in the order of (time, sequence). */
import { after, type Clock, type Instant, instant, type Timer } from './clock.ts';

interface Pending {
  readonly at: Instant;
  readonly sequence: number;
  readonly run: () => void;
}

export class VirtualClock implements Clock {
  #now: Instant = instant(1_000_000);
  #wallOffsetUs: bigint;
  #sequence = 0;
  #pending: Pending[] = [];

  /** @param wallTimeUs what the wall clock shows at the start, in Unix microseconds. */
  constructor(wallTimeUs = 1_700_000_000_000_000n) {
    this.#wallOffsetUs = wallTimeUs - BigInt(this.#now);
  }

  now(): Instant {
    return this.#now;
  }

  wallTimeUs(): bigint {
    return BigInt(this.#now) + this.#wallOffsetUs;
  }

  schedule(at: Instant, run: () => void): Timer {
    const pending: Pending = { at, sequence: this.#sequence++, run };
    this.#pending.push(pending);
    return {
      cancel: () => {
        this.#pending = this.#pending.filter((p) => p !== pending);
      },
    };
  }

  /** How many timers are armed. */
  get armed(): number {
    return this.#pending.length;
  }

  /** The time of the next timer, if one is armed. */
  get nextAt(): Instant | undefined {
    return this.#next()?.at;
  }

  /** Moves the wall clock alone, as an administrator or NTP does. */
  stepWallClock(byMs: number): void {
    this.#wallOffsetUs += BigInt(Math.round(byMs * 1000));
  }

  /** Moves time forward by `ms`, firing every timer on the way at its own time. */
  advance(ms: number): void {
    const end = after(this.#now, ms);
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) this.#fire(next);
    this.#now = end;
  }

  /** Like `advance`, and lets promises settle after every timer. */
  async advanceAsync(ms: number): Promise<void> {
    const end = after(this.#now, ms);
    await settle();
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) {
      this.#fire(next);
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #next(): Pending | undefined {
    return this.#pending.reduce<Pending | undefined>(
      (best, p) =>
        best === undefined || p.at < best.at || (p.at === best.at && p.sequence < best.sequence) ? p : best,
      undefined,
    );
  }

  #fire(pending: Pending): void {
    this.#pending = this.#pending.filter((p) => p !== pending);
    if (pending.at > this.#now) this.#now = pending.at;
    pending.run();
  }
}

/** Lets what is already resolved run: a few turns of the event loop, no time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
