/** One after the other: what is decided from the fleet's state and then stored must not overlap with its like. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs when everything asked for before has ended; its failure is the caller's alone. */
  take<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => {}); // told to whoever took the turn
    return turn;
  }
}
