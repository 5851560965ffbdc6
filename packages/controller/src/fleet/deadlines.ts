/** Many deadlines, one timer: each key has at most one. A binary heap, so that ten thousand hosts cost one armed timer. */
import type { Clock, Instant, Timer } from '@fleetvisor/primitives';

interface Entry<K> {
  readonly key: K;
  readonly at: Instant;
}

export class Deadlines<K> implements Disposable {
  readonly #clock: Clock;
  readonly #reached: (key: K) => void;
  /** A heap by time; an entry that is not the key's present one is stale and skipped. */
  #heap: Entry<K>[] = [];
  readonly #present = new Map<K, Entry<K>>();
  #timer: { readonly at: Instant; readonly handle: Timer } | undefined;

  /** @param reached called once per deadline, which is no longer set by then; may set it anew. */
  constructor(clock: Clock, reached: (key: K) => void) {
    this.#clock = clock;
    this.#reached = reached;
  }

  /** Sets the key's deadline in place of the one it has; undefined takes it away. */
  set(key: K, at: Instant | undefined): void {
    if (this.#present.get(key)?.at === at) return;
    if (at === undefined) this.#present.delete(key);
    else {
      const entry = { key, at };
      this.#present.set(key, entry);
      this.#push(entry);
    }
    this.#dropStale();
    this.#arm();
  }

  [Symbol.dispose](): void {
    this.#timer?.handle.cancel();
    this.#timer = undefined;
    this.#present.clear();
    this.#heap = [];
  }

  #arm(): void {
    const at = this.#heap[0]?.at;
    if (this.#timer?.at === at) return;
    this.#timer?.handle.cancel();
    this.#timer = at === undefined ? undefined : { at, handle: this.#clock.schedule(at, () => this.#fire()) };
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let top = this.#heap[0]; top !== undefined && top.at <= now; top = this.#heap[0]) {
      this.#pop();
      if (this.#present.get(top.key) !== top) continue;
      this.#present.delete(top.key);
      this.#reached(top.key);
    }
    this.#dropStale();
    this.#arm();
  }

  /** Stale entries go when they come to the top, or all at once when most are stale: the heap stays bounded by the keys. */
  #dropStale(): void {
    if (this.#heap.length > 2 * this.#present.size + 64) {
      this.#heap = [...this.#present.values()].toSorted((a, b) => a.at - b.at);
    }
    for (let top = this.#heap[0]; top !== undefined && this.#present.get(top.key) !== top; top = this.#heap[0]) {
      this.#pop();
    }
  }

  #push(entry: Entry<K>): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= entry.at) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = heap[2 * i + 1];
      const right = heap[2 * i + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && right.at < left.at;
      const child = isRight ? right : left;
      if (child.at >= last.at) break;
      heap[i] = child;
      i = 2 * i + (isRight ? 2 : 1);
    }
    heap[i] = last;
  }
}
