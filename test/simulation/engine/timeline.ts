/** Virtual time: what is to happen, in the order of (time, sequence). Knows nothing of what happens. */
import type { Timer } from '@fleetvisor/primitives';
import { MinHeap } from '../../../packages/agent/src/supervision/min-heap.ts';

interface Due {
  readonly atUs: number;
  readonly sequence: number;
  run: (() => void) | undefined;
}

export class Timeline {
  #nowUs = 0;
  #sequence = 0;
  #steps = 0;
  readonly #due = new MinHeap<Due>((a, b) => a.atUs < b.atUs || (a.atUs === b.atUs && a.sequence < b.sequence));

  /** Microseconds since the beginning of the story. */
  get nowUs(): number {
    return this.#nowUs;
  }

  get nowMs(): number {
    return this.#nowUs / 1000;
  }

  /** How much has happened. */
  get steps(): number {
    return this.#steps;
  }

  at(atUs: number, run: () => void): Timer {
    const due: Due = { atUs: Math.max(atUs, this.#nowUs), sequence: this.#sequence++, run };
    this.#due.push(due);
    return {
      cancel: () => {
        due.run = undefined;
      },
    };
  }

  after(ms: number, run: () => void): Timer {
    return this.at(this.#nowUs + Math.round(ms * 1000), run);
  }

  /**
   * Lets everything happen up to a time, each thing to its end before the next: what is a microtask away belongs to it.
   * @param settled called after each; true ends it
   */
  async runUntil(untilMs: number, settled: () => boolean): Promise<void> {
    const untilUs = Math.round(untilMs * 1000);
    for (let next = this.#due.peek(); next !== undefined && next.atUs <= untilUs; next = this.#due.peek()) {
      this.#due.pop();
      if (next.run === undefined) continue;
      this.#nowUs = next.atUs;
      this.#steps++;
      next.run();
      await microtasks();
      if (settled()) return;
    }
    this.#nowUs = untilUs;
  }
}

/** Resolves when no promise can go on by itself: a turn of the real event loop comes after all of them. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
