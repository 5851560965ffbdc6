/**
 * A binary heap: the smallest item is always at hand. Its steps make no arrays to take apart again: without an optimising
 * compiler that was a fifth of all that a boot leaves to the garbage collector.
 */
export class MinHeap<T> {
  #items: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1);
  }

  pop(): T | undefined {
    const top = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) {
      this.#items[0] = last;
      this.#sink(0);
    }
    return top;
  }

  /** Drops every item that fails the test. */
  keep(test: (item: T) => boolean): void {
    this.#items = this.#items.filter(test);
    for (let i = (this.#items.length >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  #rise(index: number): void {
    for (let i = index; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.#swapIfBefore(i, parent)) return;
      i = parent;
    }
  }

  #sink(index: number): void {
    for (let i = index; ; ) {
      const left = 2 * i + 1;
      const child = this.#isItemBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(child, i)) return;
      i = child;
    }
  }

  #isItemBefore(a: number, b: number): boolean {
    const first = this.#items[a];
    const second = this.#items[b];
    return first !== undefined && second !== undefined && this.#isBefore(first, second);
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const low = this.#items[lower];
    const high = this.#items[upper];
    if (low === undefined || high === undefined || !this.#isBefore(low, high)) return false;
    this.#items[upper] = low;
    this.#items[lower] = high;
    return true;
  }
}
