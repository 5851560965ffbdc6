/** Changes of what a host runs go one after the other: an update and an offer never plan against each other's half-way. */

export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();
  #unfinished = 0;

  /** Whoever asks now has to wait. */
  get isBusy(): boolean {
    return this.#unfinished > 0;
  }

  /** Runs `change` once everything that was asked for before has ended, however it ended. */
  run<T>(change: () => Promise<T>): Promise<T> {
    this.#unfinished += 1;
    const mine = this.#last.then(change, change).finally(() => {
      this.#unfinished -= 1;
    });
    // A failure is its caller's to see; the next one in line only waits for the end of it.
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
