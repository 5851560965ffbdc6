/** A queue with a bound between one who puts and one who takes. It never drops: what to do when full is the putter's word. */

export class BoundedQueue<T> {
  readonly #capacity: number;
  readonly #items: T[] = [];
  #takers: { resolve: (result: IteratorResult<T>) => void }[] = [];
  #room: (() => void)[] = [];
  #closed = false;

  /** @param capacity the most items that wait at once. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#items.length;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Puts an item unless the queue is full or closed; says whether it did. */
  offer(item: T): boolean {
    if (this.#closed) return false;
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker.resolve({ done: false, value: item });
      return true;
    }
    if (this.#items.length >= this.#capacity) return false;
    this.#items.push(item);
    return true;
  }

  /**
   * Puts an item, waiting for room. Resolves false when the queue is closed first.
   * @throws the signal's reason when aborted while waiting.
   */
  async put(item: T, signal?: AbortSignal): Promise<boolean> {
    while (!this.offer(item)) {
      if (this.#closed) return false;
      await this.#waitForRoom(signal);
    }
    return true;
  }

  /** Takes the oldest item, waiting for one; `done` once the queue is closed and empty. */
  take(): Promise<IteratorResult<T>> {
    if (this.#items.length > 0) {
      const [value] = this.#items.splice(0, 1) as [T]; // length was checked
      this.#room.shift()?.();
      return Promise.resolve({ done: false, value });
    }
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#takers.push({ resolve }));
  }

  /** No more items are taken in; those that wait can still be taken. */
  close(): void {
    this.#closed = true;
    for (const taker of this.#takers.splice(0)) taker.resolve({ done: true, value: undefined });
    for (const wake of this.#room.splice(0)) wake();
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: () => this.take(),
      return: async () => {
        this.close();
        return { done: true, value: undefined };
      },
    };
  }

  #waitForRoom(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const wake = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#room = this.#room.filter((w) => w !== wake);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#room.push(wake);
    });
  }
}
