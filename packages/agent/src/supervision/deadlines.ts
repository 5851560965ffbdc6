/**
 * Every deadline of supervision behind one timer, and what is due in slices: a thousand launches at once would otherwise
 * hold up all reading for a second. An idle supervisor has nothing armed and wakes for nothing.
 */
import { type Clock, type Instant, msBetween, type Timer } from '@fleetvisor/primitives';
import { MinHeap } from './min-heap.ts';

/** How long what is due may run in one turn of the event loop before I/O has its turn. */
const sliceMs = 8;
/** So many called-off entries are left lying before the heap is swept. */
const calledOffMin = 64;

interface Entry {
  readonly at: Instant;
  readonly sequence: number;
  /** undefined once it was run or called off. */
  run: (() => void) | undefined;
}

export class Deadlines implements Disposable {
  readonly #clock: Clock;
  readonly #defer: (run: () => void) => void;
  readonly #heap = new MinHeap<Entry>((a, b) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence));
  #sequence = 0;
  #calledOff = 0;
  #timer: Timer | undefined;
  #timerAt: Instant | undefined;
  #spentMs = 0;
  #turnEndAwaited = false;
  #isRunning = false;
  #isClosed = false;

  /** @param defer runs something once pending I/O has been seen to */
  constructor(clock: Clock, defer: (run: () => void) => void) {
    this.#clock = clock;
    this.#defer = defer;
  }

  /** Calls `run` once at `at`, after everything due earlier; what is due already runs when I/O has been seen to. */
  schedule(at: Instant, run: () => void): Timer {
    const entry: Entry = { at, sequence: this.#sequence++, run };
    if (!this.#isClosed) {
      this.#heap.push(entry);
      if (!this.#isRunning) this.#arm();
    }
    return { cancel: () => this.#callOff(entry) };
  }

  /** Runs what is due without waiting for the end of the turn, as far as the turn's slice goes. */
  runDue(): void {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    try {
      for (let entry = this.#due(); entry !== undefined && this.#spentMs < sliceMs; entry = this.#due()) {
        this.#heap.pop();
        this.#runTimed(entry);
      }
    } finally {
      this.#isRunning = false;
    }
    this.#arm();
  }

  /** When the next of them is due. */
  get nextAt(): Instant | undefined {
    return this.#next()?.at;
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#disarm();
    this.#heap.keep(() => false);
  }

  #runTimed(entry: Entry): void {
    const begun = this.#clock.now();
    const { run } = entry;
    entry.run = undefined;
    this.#awaitTurnEnd();
    run?.();
    this.#spentMs += msBetween(begun, this.#clock.now());
  }

  #arm(): void {
    const next = this.#next();
    if (next === undefined) {
      this.#disarm();
    } else if (next.at <= this.#clock.now()) {
      this.#awaitTurnEnd();
    } else if (this.#timerAt === undefined || next.at < this.#timerAt) {
      // A timer that is armed for earlier is left: it finds nothing due and arms itself anew.
      this.#disarm();
      this.#timerAt = next.at;
      this.#timer = this.#clock.schedule(next.at, () => {
        this.#disarm();
        // Timers come before I/O in a turn: an exit that waits to be read must not lose to a promotion.
        this.#awaitTurnEnd();
      });
    }
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = undefined;
  }

  /** The next turn has a slice of its own. */
  #awaitTurnEnd(): void {
    if (this.#turnEndAwaited) return;
    this.#turnEndAwaited = true;
    this.#defer(() => {
      this.#turnEndAwaited = false;
      this.#spentMs = 0;
      this.runDue();
    });
  }

  #callOff(entry: Entry): void {
    if (entry.run === undefined) return;
    entry.run = undefined;
    this.#calledOff++;
    if (this.#calledOff > calledOffMin && this.#calledOff > this.#heap.size / 2) {
      this.#heap.keep(({ run }) => run !== undefined);
      this.#calledOff = 0;
    }
  }

  #due(): Entry | undefined {
    const next = this.#next();
    return next !== undefined && next.at <= this.#clock.now() ? next : undefined;
  }

  #next(): Entry | undefined {
    for (let next = this.#heap.peek(); next !== undefined; next = this.#heap.peek()) {
      if (next.run !== undefined) return next;
      this.#heap.pop();
      this.#calledOff--;
    }
    return undefined;
  }
}
