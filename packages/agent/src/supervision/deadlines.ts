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
  /** Of a launch: when the same process was last launched. undefined: no launch, but something that takes no time. */
  readonly launchedAt: number | undefined;
  /** undefined once it was run or called off. */
  run: (() => void) | undefined;
}

export class Deadlines implements Disposable {
  readonly #clock: Clock;
  readonly #defer: (run: () => void) => void;
  readonly #waiting = new MinHeap<Entry>((a, b) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence));
  /** Launches that are due: the one whose process was launched longest ago comes first. */
  readonly #launches = new MinHeap<Entry>((a, b) => {
    const one = a.launchedAt ?? 0;
    const other = b.launchedAt ?? 0;
    return one < other || (one === other && a.sequence < b.sequence);
  });
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
    return this.#add({ at, sequence: this.#sequence++, launchedAt: undefined, run });
  }

  /**
   * Like `schedule`, for what takes its time. Launches let everything else go first, and the process that was launched
   * longest ago goes before the others: a program in a hot crash loop delays itself, and nobody else.
   * @param launchedAt when the same process was last launched; undefined when it never was
   */
  scheduleLaunch(at: Instant, launchedAt: Instant | undefined, run: () => void): Timer {
    return this.#add({ at, sequence: this.#sequence++, launchedAt: launchedAt ?? Number.NEGATIVE_INFINITY, run });
  }

  /** Runs what is due without waiting for the end of the turn, as far as the turn's slice goes. */
  runDue(): void {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    try {
      while (this.#spentMs < sliceMs) {
        const entry = this.#takeDue();
        if (entry === undefined) break;
        this.#runTimed(entry);
      }
    } finally {
      this.#isRunning = false;
    }
    this.#arm();
  }

  /** When the next of them is due. */
  get nextAt(): Instant | undefined {
    return (this.#peek(this.#launches) ?? this.#peek(this.#waiting))?.at;
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#disarm();
    for (const heap of [this.#waiting, this.#launches]) heap.keep(() => false);
  }

  #add(entry: Entry): Timer {
    if (!this.#isClosed) {
      this.#waiting.push(entry);
      if (!this.#isRunning) this.#arm();
    }
    return { cancel: () => this.#callOff(entry) };
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
    const next = this.#peek(this.#waiting);
    if (this.#peek(this.#launches) !== undefined || (next !== undefined && next.at <= this.#clock.now())) {
      this.#awaitTurnEnd();
    } else if (next === undefined) {
      this.#disarm();
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
    if (this.#calledOff > calledOffMin && this.#calledOff > (this.#waiting.size + this.#launches.size) / 2) {
      for (const heap of [this.#waiting, this.#launches]) heap.keep(({ run }) => run !== undefined);
      this.#calledOff = 0;
    }
  }

  /** The next thing to do now: launches only once nothing else is due. */
  #takeDue(): Entry | undefined {
    const now = this.#clock.now();
    for (let next = this.#peek(this.#waiting); next !== undefined && next.at <= now; next = this.#peek(this.#waiting)) {
      this.#waiting.pop();
      if (next.launchedAt === undefined) return next;
      this.#launches.push(next);
    }
    return this.#peek(this.#launches) && this.#launches.pop();
  }

  /** The first that was not called off; those that were are thrown away on the way. */
  #peek(heap: MinHeap<Entry>): Entry | undefined {
    for (let first = heap.peek(); first !== undefined; first = heap.peek()) {
      if (first.run !== undefined) return first;
      heap.pop();
      this.#calledOff--;
    }
    return undefined;
  }
}
