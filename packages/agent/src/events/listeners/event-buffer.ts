/** The events that wait in one pool: first in, first out, and when it is full the oldest makes room. */
import type { PooledEvent } from './envelope.ts';

export class EventBuffer {
  /** Supervisor's buffer_size. */
  readonly capacity: number;
  readonly #waiting: PooledEvent[];

  /**
   * @param capacity 1 or more
   * @param waiting of another buffer, no more than there is room for
   */
  constructor(capacity: number, waiting: readonly PooledEvent[] = []) {
    this.capacity = capacity;
    this.#waiting = [...waiting];
  }

  /** Oldest first. */
  get waiting(): readonly PooledEvent[] {
    return this.#waiting;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** @returns the event that had to make room, if one had */
  putLast(event: PooledEvent): PooledEvent | undefined {
    const discarded = this.#makeRoom();
    this.#waiting.push(event);
    return discarded;
  }

  /** As `putLast`; the oldest goes for it, too, though it is put before it. */
  putFirst(event: PooledEvent): PooledEvent | undefined {
    const discarded = this.#makeRoom();
    this.#waiting.unshift(event);
    return discarded;
  }

  takeFirst(): PooledEvent | undefined {
    return this.#waiting.shift();
  }

  #makeRoom(): PooledEvent | undefined {
    return this.#waiting.length < this.capacity ? undefined : this.#waiting.shift();
  }
}
