/**
 * One life of a process: its clock, and the points at which it can be killed. What was under way when it ends goes on
 * nowhere: its timers never fire, and whatever it still tries to do to the world does not happen.
 */
import { type Clock, type Instant, instant, type Timer } from '@fleetvisor/primitives';
import type { Timeline } from './timeline.ts';

/** What the clocks of a machine show. */
export interface MachineTime {
  /** When the machine was started: its monotonic clock counts from there. */
  readonly bootedAtUs: number;
  /** How far its wall clock is off. */
  readonly wallOffsetUs: number;
}

/** Of the story's beginning, in Unix microseconds. */
export const epochUs = 1_750_000_000_000_000n;
/** No machine starts its programs in the first second of its clock. */
const firstInstantUs = 1_000_000;

/** When something is to be killed: at the so-manieth thing that it does to the world from now on. */
export interface Doom {
  readonly effects: number;
  readonly isBefore: boolean;
}

/** Thrown at whoever lives on in a process that is dead. */
export class Dead extends Error {}

export class Life {
  readonly clock: Clock;
  readonly #timeline: Timeline;
  readonly #onEnd = new Set<() => void>();
  #doom: { effects: number; isBefore: boolean; strike: () => void } | undefined;
  #isOver = false;
  #frozenUntilUs = 0;

  constructor(timeline: Timeline, time: () => MachineTime) {
    this.#timeline = timeline;
    const now = () => timeline.nowUs - time().bootedAtUs + firstInstantUs;
    this.clock = {
      now: () => instant(now()),
      wallTimeUs: () => epochUs + BigInt(timeline.nowUs + time().wallOffsetUs),
      schedule: (at, run) => this.#schedule(at, now(), run),
    };
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Called once, when it ends. @returns takes it back */
  onEnd(run: () => void): () => void {
    this.#onEnd.add(run);
    return () => this.#onEnd.delete(run);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const run of this.#onEnd) run();
    this.#onEnd.clear();
  }

  /** In a while, unless it has ended by then; when it is frozen then, as soon as it goes on. */
  after(ms: number, run: () => void): Timer {
    let timer: Timer;
    const fire = () => {
      if (this.#isOver) return;
      if (this.#frozenUntilUs > this.#timeline.nowUs) timer = this.#timeline.at(this.#frozenUntilUs, fire);
      else run();
    };
    timer = this.#timeline.after(ms, fire);
    return { cancel: () => timer.cancel() };
  }

  /** It does nothing for a while, as a process that was stopped or a machine that swaps. */
  freeze(ms: number): void {
    this.#frozenUntilUs = Math.max(this.#frozenUntilUs, this.#timeline.nowUs + Math.round(ms * 1000));
  }

  /** Resolves at once while it is not frozen. */
  async goesOn(): Promise<void> {
    while (this.#frozenUntilUs > this.#timeline.nowUs) {
      await new Promise<void>((resolve) => void this.#timeline.at(this.#frozenUntilUs, resolve));
    }
  }

  /** Once what is under way is done: what setImmediate is to a real process. */
  readonly defer = (run: () => void): void => {
    this.after(0, run);
  };

  /** @param strike kills it */
  doom(doom: Doom, strike: () => void): void {
    this.#doom = { ...doom, strike };
  }

  spare(): void {
    this.#doom = undefined;
  }

  /**
   * Does something to the world; whoever is doomed may be killed just before or just after it.
   * @throws Dead instead, when it is over
   */
  act<T>(effect: () => T): T {
    if (this.#isOver) throw new Dead('this process is dead');
    const strike = this.#strikes();
    if (strike?.isBefore) {
      strike.strike();
      throw new Dead('this process was killed just before');
    }
    const result = effect();
    strike?.strike();
    return result;
  }

  #strikes(): { readonly isBefore: boolean; readonly strike: () => void } | undefined {
    const doom = this.#doom;
    if (doom === undefined || --doom.effects > 0) return undefined;
    this.#doom = undefined;
    return doom;
  }

  #schedule(at: Instant, nowUs: number, run: () => void): Timer {
    return this.after((at - nowUs) / 1000, run);
  }
}
