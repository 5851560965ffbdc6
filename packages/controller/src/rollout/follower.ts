/** One who watches a rollout. Holds the newest step of each host that has not been read, so a slow one costs no memory. */
import { Wake } from '../fleet/wake.ts';
import type { RolloutStep } from './rollout-step.ts';

export class RolloutFollower implements Disposable {
  #unread = new Map<string, RolloutStep>();
  readonly #wake: Wake;
  readonly #signal: AbortSignal;
  #isOver = false;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#wake = new Wake(signal);
  }

  tell(step: RolloutStep): void {
    const key = step.kind === 'host' ? step.hostId : '';
    this.#unread.delete(key);
    this.#unread.set(key, step);
    if (step.kind === 'ended') this.#isOver = true;
    this.#wake.ring();
  }

  /** Nothing more comes, though the rollout has not ended: the controller is shutting down. */
  close(): void {
    this.#isOver = true;
    this.#wake.ring();
  }

  [Symbol.dispose](): void {
    this.#wake[Symbol.dispose]();
  }

  /** Up to and with `ended`; ends without it when aborted or closed. */
  async *steps(): AsyncGenerator<RolloutStep> {
    while (!this.#signal.aborted) {
      const unread = [...this.#unread.values()];
      this.#unread = new Map();
      yield* unread;
      if (this.#isOver && this.#unread.size === 0) return;
      if (this.#unread.size === 0) await this.#wake.rung();
    }
  }
}
