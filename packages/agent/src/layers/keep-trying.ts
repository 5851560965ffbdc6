/**
 * Writes what has happened already and must be remembered. What the disk refuses is tried again every second until it is
 * taken: of each kind the newest. Knows nothing of what is written.
 */
import { after, type Clock, messageOf, type Timer } from '@fleetvisor/primitives';

const retryMs = 1000;

export interface KeepTryingParts {
  readonly clock: Clock;
  /** The disk refuses. @param why in words */
  readonly onTrouble: (why: string) => void;
  /** All that had been refused is written now. */
  readonly onKept: () => void;
}

/** Disposing gives up what has not been taken. */
export class KeepTrying implements Disposable {
  readonly #parts: KeepTryingParts;
  /** By kind, in the order in which they were refused. */
  readonly #refused = new Map<string, () => void>();
  #timer: Timer | undefined;

  constructor(parts: KeepTryingParts) {
    this.#parts = parts;
  }

  /** @param kind an earlier write of the same kind counts no more, whatever came of it */
  write(kind: string, write: () => void): void {
    this.#refused.delete(kind);
    try {
      write();
    } catch (error) {
      this.#parts.onTrouble(messageOf(error));
      this.#refused.set(kind, write);
      this.#arm();
    }
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#refused.clear();
  }

  #arm(): void {
    const { clock } = this.#parts;
    this.#timer ??= clock.schedule(after(clock.now(), retryMs), () => {
      this.#timer = undefined;
      this.#tryAgain();
    });
  }

  #tryAgain(): void {
    if (this.#refused.size === 0) return;
    for (const [kind, write] of [...this.#refused]) {
      try {
        write();
        this.#refused.delete(kind);
      } catch {
        return this.#arm(); // it has been told
      }
    }
    this.#parts.onKept();
  }
}
