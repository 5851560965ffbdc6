/**
 * Gathers what many callers want stored into one commit. What comes alone goes nearly at once; what comes soon after it
 * waits, so that a busy store commits no more often than it should, or goes as soon as there is enough of it. Without a
 * wait it commits at once when idle, and gathers what comes while a commit is under way.
 */
import { after, type Clock, FleetError, type Instant, instant, type Timer } from '@fleetvisor/primitives';

export interface GroupCommitOptions<T, R> {
  readonly clock: Clock;
  /** From the beginning of one commit to the next, as long as there is little to store; 0 for no wait. */
  readonly waitMs: number;
  /** Rows that make a group large enough to go at once; also about the size of one commit. */
  readonly rowsMax: number;
  /** Rows that may wait; beyond it `add` is refused. */
  readonly rowsWaitingMax: number;
  /** Stores a group as a whole or not at all; one result for each item, in order. */
  readonly commit: (items: readonly T[]) => Promise<readonly R[]>;
}

/** What several callers bring in the same moment goes together. */
const momentMs = 2;

interface Waiting<T, R> {
  readonly item: T;
  readonly rows: number;
  readonly due: Instant;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit<T, R> implements AsyncDisposable {
  readonly #options: GroupCommitOptions<T, R>;
  #waiting: Waiting<T, R>[] = [];
  #waitingRows = 0;
  #timer: Timer | undefined;
  /** When the last commit began. */
  #lastBegan: Instant | undefined;
  /** The loop that commits, while it runs: one group at a time. */
  #committing: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: GroupCommitOptions<T, R>) {
    this.#options = options;
  }

  get waitingRows(): number {
    return this.#waitingRows;
  }

  /**
   * Resolves when the item is on disk.
   * @throws FleetError `unavailable` when too much waits already, or after close; and what `commit` throws.
   */
  add(item: T, rows: number): Promise<R> {
    const { rowsWaitingMax } = this.#options;
    if (this.#isClosed) return Promise.reject(new FleetError('unavailable', 'the store is closed'));
    if (this.#waitingRows > 0 && this.#waitingRows + rows > rowsWaitingMax) {
      const message = `the store is ${this.#waitingRows} rows behind; what was not acknowledged has to be sent again`;
      return Promise.reject(new FleetError('unavailable', message, { waiting: this.#waitingRows }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, rows, due: this.#due(), resolve, reject });
      this.#waitingRows += rows;
      this.#wake();
    });
  }

  /** Commits what waits, and takes nothing more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#committing;
  }

  /** When at the latest something that comes now goes. */
  #due(): Instant {
    const { clock, waitMs } = this.#options;
    const soon = after(clock.now(), Math.min(waitMs, momentMs));
    return this.#lastBegan === undefined ? soon : instant(Math.max(soon, after(this.#lastBegan, waitMs)));
  }

  /** Looks whether there is something to do now, or when. */
  #wake(): void {
    if (this.#committing !== undefined) return; // it looks again when it is done
    const first = this.#waiting[0];
    if (first === undefined) return;
    if (this.#isDue(first)) {
      this.#timer?.cancel();
      this.#timer = undefined;
      this.#committing = this.#commitAll();
      return;
    }
    this.#timer ??= this.#options.clock.schedule(first.due, () => {
      this.#timer = undefined;
      this.#wake();
    });
  }

  #isDue(first: Waiting<T, R>): boolean {
    return this.#isClosed || this.#waitingRows >= this.#options.rowsMax || this.#options.clock.now() >= first.due;
  }

  async #commitAll(): Promise<void> {
    for (let first = this.#waiting[0]; first !== undefined && this.#isDue(first); first = this.#waiting[0]) {
      await this.#commit(this.#takeGroup());
    }
    this.#committing = undefined;
    this.#wake();
  }

  async #commit(group: readonly Waiting<T, R>[]): Promise<void> {
    this.#lastBegan = this.#options.clock.now();
    try {
      const results = await this.#options.commit(group.map((waiting) => waiting.item));
      for (const [i, waiting] of group.entries()) waiting.resolve(results[i] as R); // commit gives one for each
    } catch (error) {
      // One that contradicts what is stored must not fail those that happened to wait with it.
      if (group.length > 1 && error instanceof FleetError && error.code === 'conflict') {
        for (const waiting of group) await this.#commit([waiting]);
        return;
      }
      for (const waiting of group) waiting.reject(error);
    }
  }

  #takeGroup(): Waiting<T, R>[] {
    let count = 0;
    let rows = 0;
    while (count < this.#waiting.length && rows < this.#options.rowsMax) rows += this.#waiting[count++]?.rows ?? 0;
    this.#waitingRows -= rows;
    return this.#waiting.splice(0, count);
  }
}
