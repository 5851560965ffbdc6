/** Keeps the last few bytes of a stream: what a crash record shows, whatever becomes of the log file. */

const NOTHING = new Uint8Array(0);

export class LastBytes {
  readonly #capacity: number;
  /** Grows with what comes, so that a quiet program costs nothing. */
  #ring = NOTHING;
  /** How many bytes have come in all. */
  #total = 0;

  /** @param capacity in bytes */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get isEmpty(): boolean {
    return this.#total === 0;
  }

  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const kept = chunk.subarray(Math.max(0, chunk.length - this.#capacity));
    this.#total += chunk.length - kept.length;
    this.#makeRoom(kept.length);
    const size = this.#ring.length;
    const at = this.#total % size;
    const first = kept.subarray(0, size - at);
    this.#ring.set(first, at);
    this.#ring.set(kept.subarray(first.length), 0);
    this.#total += kept.length;
  }

  /** A copy, oldest byte first. */
  bytes(): Uint8Array {
    const size = this.#ring.length;
    if (this.#total <= size) return this.#ring.slice(0, this.#total);
    const at = this.#total % size;
    const bytes = new Uint8Array(size);
    bytes.set(this.#ring.subarray(at), 0);
    bytes.set(this.#ring.subarray(0, at), size - at);
    return bytes;
  }

  #makeRoom(count: number): void {
    const wanted = Math.min(this.#capacity, this.#total + count);
    if (wanted <= this.#ring.length) return;
    const grown = new Uint8Array(Math.min(this.#capacity, Math.max(256, wanted * 2)));
    grown.set(this.#ring.subarray(0, this.#total)); // it never wrapped while it could still grow
    this.#ring = grown;
  }
}
