/**
 * Children of an agent that was killed: they are not ours to wait for (init reaps them), and the kernel tells nobody but
 * init of their end. So one looks: when a pipe of theirs has lost its last writer, which is at once for nearly all, and
 * once a second for those that have closed their pipes or share them. How they ended is nobody's to know.
 */
import { after, type Clock, type Timer } from '@fleetvisor/primitives';
import type { KnownChild } from '../supervision/ports.ts';
import type { Exit } from '../supervision/process/exit.ts';
import type { ChildHandle } from './child-handle.ts';
import { isThere } from './known-child.ts';

/** A look costs ten microseconds for each; only while there is anybody to look at. */
const LOOK_MS = 1000;
/** A process lets go of its pipes a moment before it is dead: looked at again after these, added up. */
const QUICK_LOOKS_MS = [1, 4, 15, 80] as const;

interface Watched {
  readonly child: KnownChild;
  readonly told: (exit: Exit) => void;
  quick: Timer | undefined;
}

export class AdoptedChildren implements Disposable {
  readonly #clock: Clock;
  readonly #watched = new Set<Watched>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param child undefined: one that is not to be found any more */
  handleOf(child: KnownChild | undefined): ChildHandle {
    let watched: Watched | undefined;
    return {
      pid: child?.pid ?? 0,
      onExit: (told) => {
        if (child === undefined || !isThere(child)) setImmediate(() => told({ kind: 'unknown' }));
        else watched = this.#watch(child, told);
      },
      isThere: () => child !== undefined && isThere(child),
      identify: () => child,
      mayHaveEnded: () => {
        if (watched !== undefined) this.#lookSoon(watched, 0);
      },
      leave: () => {
        if (watched !== undefined) this.#forget(watched);
      },
    };
  }

  [Symbol.dispose](): void {
    for (const watched of [...this.#watched]) this.#forget(watched);
  }

  #watch(child: KnownChild, told: (exit: Exit) => void): Watched {
    const watched = { child, told, quick: undefined };
    this.#watched.add(watched);
    this.#arm();
    return watched;
  }

  #forget(watched: Watched): void {
    this.#watched.delete(watched);
    watched.quick?.cancel();
    if (this.#watched.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(): void {
    this.#timer ??= this.#clock.schedule(after(this.#clock.now(), LOOK_MS), () => {
      this.#timer = undefined;
      for (const watched of [...this.#watched]) this.#look(watched);
      if (this.#watched.size > 0) this.#arm();
    });
  }

  #lookSoon(watched: Watched, already: number): void {
    const waitMs = QUICK_LOOKS_MS[already];
    if (waitMs === undefined || !this.#watched.has(watched)) return;
    watched.quick?.cancel();
    watched.quick = this.#clock.schedule(after(this.#clock.now(), waitMs), () => {
      if (!this.#look(watched)) this.#lookSoon(watched, already + 1);
    });
  }

  /** @returns whether it has ended */
  #look(watched: Watched): boolean {
    if (!this.#watched.has(watched)) return true;
    if (isThere(watched.child)) return false;
    this.#forget(watched);
    watched.told({ kind: 'unknown' });
    return true;
  }
}
