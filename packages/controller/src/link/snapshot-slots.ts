/**
 * How many hosts tell their whole table at once: after a restart of the controller all of them have to, and a table is a
 * hundred times what a heartbeat is. Whoever gets no slot waits for one in the order of asking.
 */
import { after, type Clock, type Timer } from '@fleetvisor/primitives';

/** A slot that is not given back counts as lost after this: its host has hung, or what it says does not come through. */
const slotMs = 30_000;

/** The right to be told one table; given back when that has come, or when it is not waited for any more. */
export interface SnapshotSlot {
  giveBack(): void;
}

interface Waiter {
  granted(slot: SnapshotSlot): void;
}

export class SnapshotSlots implements Disposable {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #waiters = new Set<Waiter>();
  readonly #timers = new Set<Timer>();
  #taken = 0;
  #isPaused = false;

  constructor(clock: Clock, max: number) {
    this.#clock = clock;
    this.#max = max;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** A slot, if one is free now. */
  tryTake(): SnapshotSlot | undefined {
    return this.#isPaused || this.#taken >= this.#max ? undefined : this.#take();
  }

  /** Calls `granted` once, as soon as there is a slot. @returns calls it off */
  whenFree(granted: (slot: SnapshotSlot) => void): () => void {
    const waiter = { granted };
    this.#waiters.add(waiter);
    this.#serve();
    return () => void this.#waiters.delete(waiter);
  }

  /** While paused no further table is asked for. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#serve();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) timer.cancel();
    this.#waiters.clear();
  }

  #take(): SnapshotSlot {
    this.#taken++;
    let isOut = true;
    const giveBack = () => {
      if (!isOut) return;
      isOut = false;
      timer.cancel();
      this.#timers.delete(timer);
      this.#taken--;
      this.#serve();
    };
    const timer = this.#clock.schedule(after(this.#clock.now(), slotMs), giveBack);
    this.#timers.add(timer);
    return { giveBack };
  }

  #serve(): void {
    for (const waiter of this.#waiters) {
      const slot = this.tryTake();
      if (slot === undefined) return;
      this.#waiters.delete(waiter);
      waiter.granted(slot);
    }
  }
}
