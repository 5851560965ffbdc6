/** Measures the load of this process twice a second, and says what has to be left undone. */
import { after, type Clock, msBetween, type Timer } from '@fleetvisor/primitives';
import type { FleetLog } from './fleet-log.ts';
import { isAtLeast, type LoadLevel, nextLevel } from './load-level.ts';

const periodMs = 500;

export interface LoadGaugeParts {
  readonly clock: Clock;
  readonly log: FleetLog;
  /** How full the queue before the store is, from 0 to 1. */
  readonly backlog: () => number;
  /** Called at each change of the level. */
  readonly changed: (level: LoadLevel) => void;
}

export class LoadGauge implements Disposable {
  readonly #parts: LoadGaugeParts;
  #level: LoadLevel = 'calm';
  /** Of the probe before: one late timer is no load. */
  #lagMsBefore = 0;
  #timer: Timer;
  #calm = Promise.withResolvers<void>();

  constructor(parts: LoadGaugeParts) {
    this.#parts = parts;
    this.#calm.resolve();
    this.#timer = this.#arm();
  }

  get level(): LoadLevel {
    return this.#level;
  }

  /** Resolves when there is time for what people watch. */
  calm(): Promise<void> {
    return this.#calm.promise;
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
    this.#calm.resolve();
  }

  #arm(): Timer {
    const { clock } = this.#parts;
    const due = after(clock.now(), periodMs);
    return clock.schedule(due, () => {
      this.#probe(Math.max(0, msBetween(due, clock.now())));
      this.#timer = this.#arm();
    });
  }

  #probe(lagMs: number): void {
    const { backlog, changed, log } = this.#parts;
    const signs = { lagMs: Math.min(lagMs, this.#lagMsBefore), backlog: backlog() };
    this.#lagMsBefore = lagMs;
    const level = nextLevel(this.#level, signs);
    if (level === this.#level) return;
    if (this.#level === 'calm') this.#calm = Promise.withResolvers();
    if (level === 'calm') this.#calm.resolve();
    const isWorse = isAtLeast(level, this.#level);
    this.#level = level;
    const facts = { level, lagMs: Math.round(signs.lagMs), backlogPercent: Math.round(signs.backlog * 100) };
    if (isWorse) log.warn(facts, 'the controller is overloaded and leaves the least important undone');
    else log.info(facts, 'the load of the controller has eased');
    changed(level);
  }
}
