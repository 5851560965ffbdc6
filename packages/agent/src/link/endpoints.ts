/** The addresses of the one controller, tried in turn. */

export class Endpoints {
  #list: readonly string[];
  #index = 0;
  #failedInRow = 0;

  /** @param list at least one. */
  constructor(list: readonly string[]) {
    this.#list = list;
  }

  get present(): string {
    return this.#list[this.#index] ?? '';
  }

  /** The present one did not answer. @returns whether there is another one that has not been tried in this round. */
  moveOn(): boolean {
    this.#index = (this.#index + 1) % this.#list.length;
    this.#failedInRow = (this.#failedInRow + 1) % this.#list.length;
    return this.#failedInRow > 0;
  }

  /** From now on these, beginning with the first, unless they are the same. */
  use(list: readonly string[]): void {
    if (list.join() === this.#list.join()) return;
    this.#list = list;
    this.#index = 0;
    this.#failedInRow = 0;
  }
}
