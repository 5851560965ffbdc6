/** Supervisor's ticks: one event each time the wall clock enters another slice of 5, 60 or 3600 seconds. */
import { after, type Clock, type Timer } from '@fleetvisor/primitives';
import { TICK_PERIODS_S, type TickPeriod } from './event-types.ts';

/** How late at most it is noticed that somebody has set the wall clock. */
const LOOK_MS_MAX = 60_000;

export class Ticks implements Disposable {
  readonly #clock: Clock;
  readonly #onTick: (period: TickPeriod, whenS: number) => void;
  /** The slice that each period in use is in: its start in Unix seconds. */
  readonly #slices = new Map<TickPeriod, number>();
  #timer: Timer | undefined;

  /** @param onTick is told the start of the slice that has begun, in Unix seconds */
  constructor(clock: Clock, onTick: (period: TickPeriod, whenS: number) => void) {
    this.#clock = clock;
    this.#onTick = onTick;
  }

  /** Which periods anybody wants. Without any there is no timer. */
  follow(isWanted: (period: TickPeriod) => boolean): void {
    for (const period of TICK_PERIODS_S) {
      if (!isWanted(period)) this.#slices.delete(period);
      else if (!this.#slices.has(period)) this.#slices.set(period, sliceOf(period, this.#nowMs()));
    }
    this.#arm();
  }

  [Symbol.dispose](): void {
    this.#slices.clear();
    this.#arm();
  }

  /** A late look gives one tick and not several; a clock that was set back gives one, too. */
  #look(): void {
    const nowMs = this.#nowMs();
    for (const [period, was] of this.#slices) {
      const slice = sliceOf(period, nowMs);
      if (slice === was) continue;
      this.#slices.set(period, slice);
      this.#onTick(period, slice);
    }
    this.#arm();
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const nowMs = this.#nowMs();
    const waits = [...this.#slices.keys()].map((period) => (sliceOf(period, nowMs) + period) * 1000 - nowMs);
    if (waits.length === 0) return;
    // Rounded up: just before the boundary nothing is to be seen.
    const waitMs = Math.ceil(Math.min(LOOK_MS_MAX, ...waits));
    this.#timer = this.#clock.schedule(after(this.#clock.now(), waitMs), () => this.#look());
  }

  #nowMs(): number {
    return Number(this.#clock.wallTimeUs()) / 1000;
  }
}

/** The start of the slice of `periodS` seconds that the moment is in, in Unix seconds. */
function sliceOf(periodS: number, nowMs: number): number {
  return Math.floor(nowMs / 1000 / periodS) * periodS;
}
