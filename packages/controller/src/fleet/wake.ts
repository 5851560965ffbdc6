/** A bell for one sleeper: says "look now" and carries nothing. Rung while nobody sleeps, the next sleep ends at once. */
export class Wake implements Disposable {
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.ring();
  #isRung = false;
  #sleeper: (() => void) | undefined;

  /** @param signal rings as it aborts. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    if (signal.aborted) this.#isRung = true;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  ring(): void {
    this.#isRung = true;
    this.#sleeper?.();
  }

  /** Resolves once it was rung since the last time. */
  async rung(): Promise<void> {
    if (!this.#isRung) await new Promise<void>((resolve) => (this.#sleeper = resolve));
    this.#sleeper = undefined;
    this.#isRung = this.#signal.aborted;
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.ring();
  }
}
