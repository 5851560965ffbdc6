/**
 * The one timer of all the pipes that are being read. A program that writes line by line would wake the agent for every
 * line: after a short read its pipe rests until the next tick, and is then read once for all that has come. Armed only
 * while a pipe rests or is busy: an idle agent has no timer.
 */
import { after, type Clock } from '@fleetvisor/primitives';

export const TICK_MS = 10;

export class ReadPacer {
  readonly #clock: Clock;
  #waiting = new Set<() => void>();
  #isArmed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `wake` once, at the next tick. */
  atNextTick(wake: () => void): void {
    this.#waiting.add(wake);
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#clock.schedule(after(this.#clock.now(), TICK_MS), () => this.#tick());
  }

  /** Calls off what was asked for. */
  forget(wake: () => void): void {
    this.#waiting.delete(wake);
  }

  #tick(): void {
    this.#isArmed = false;
    const due = this.#waiting;
    this.#waiting = new Set();
    for (const wake of due) wake();
  }
}
