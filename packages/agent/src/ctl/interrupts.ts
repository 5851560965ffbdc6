/** Ctrl-C: whoever listened last hears it alone. It comes as SIGINT, or as a key while a line is edited. */
import type { CtlWorld } from './world.ts';

export class Interrupts implements Disposable {
  readonly #onInterrupt: CtlWorld['onInterrupt'];
  readonly #listeners: (() => void)[] = [];
  #leave: (() => void) | undefined;

  constructor(onInterrupt: CtlWorld['onInterrupt']) {
    this.#onInterrupt = onInterrupt;
  }

  /** Until the returned thing is disposed. While nobody listens, SIGINT ends the process. */
  listen(act: () => void): Disposable {
    this.#listeners.push(act);
    this.#leave ??= this.#onInterrupt(() => this.raise());
    return {
      [Symbol.dispose]: () => {
        this.#listeners.splice(this.#listeners.lastIndexOf(act), 1);
        if (this.#listeners.length === 0) this[Symbol.dispose]();
      },
    };
  }

  raise(): void {
    this.#listeners.at(-1)?.();
  }

  [Symbol.dispose](): void {
    this.#leave?.();
    this.#leave = undefined;
  }
}
