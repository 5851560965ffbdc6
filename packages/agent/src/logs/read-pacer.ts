/**
 * The timers of all the pipes that are being read: one for those that rest long, one for those that rest briefly. A
 * resting pipe is read once at the next tick for all that has come. Armed only while a pipe rests or flows: an idle
 * agent has no timer.
 */
import { after, type Clock } from '@fleetvisor/primitives';
import { type ReadPace, TICK_MS } from './read-pace.ts';

/** The kernel adds its timer slack of 50 us, so that about 70 pass. */
const NAP_MS = 0.02;
const napCell = new Int32Array(new SharedArrayBuffer(4));

export class ReadPacer {
  readonly #ticks: Record<ReadPace, Ticks>;

  constructor(clock: Clock) {
    const slow = new Ticks(clock, TICK_MS.slow);
    this.#ticks = { slow, quick: new Ticks(clock, TICK_MS.quick), flowing: slow };
  }

  /** Calls `wake` once, at the next tick of this pace. */
  atNextTick(pace: ReadPace, wake: () => void): void {
    this.#ticks[pace].add(wake);
  }

  /** Calls off what was asked for. */
  forget(wake: () => void): void {
    for (const ticks of Object.values(this.#ticks)) ticks.remove(wake);
  }

  /**
   * Sleeps for a moment, the whole agent with it: between short reads of a pipe into which a program pours lines. The
   * reader would else race it line by line; a moment later there are a few kilobytes, for a third of the CPU at the same
   * throughput (measured). The more pipes flow the fuller they are at their turn, and full reads do not nap.
   */
  nap(): void {
    Atomics.wait(napCell, 0, 0, NAP_MS);
  }
}

class Ticks {
  readonly #clock: Clock;
  readonly #tickMs: number;
  #waiting = new Set<() => void>();
  #isArmed = false;

  constructor(clock: Clock, tickMs: number) {
    this.#clock = clock;
    this.#tickMs = tickMs;
  }

  add(wake: () => void): void {
    this.#waiting.add(wake);
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#clock.schedule(after(this.#clock.now(), this.#tickMs), () => this.#tick());
  }

  remove(wake: () => void): void {
    this.#waiting.delete(wake);
  }

  #tick(): void {
    this.#isArmed = false;
    const due = this.#waiting;
    this.#waiting = new Set();
    for (const wake of due) wake();
  }
}
