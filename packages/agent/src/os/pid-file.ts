/** The daemon's pidfile: a name for scripts, never a lock. */
import { rmSync, writeFileSync } from 'node:fs';
import { messageOf } from '@fleetvisor/primitives';

export class PidFile implements Disposable {
  readonly #report: (message: string) => void;
  /** Where ours is. */
  #path: string | undefined;

  /** @param report gets Supervisor's line when the file cannot be written; that stops nothing */
  constructor(report: (message: string) => void) {
    this.#report = report;
  }

  /** Writes it. One that was written elsewhere before goes: a reload may name another path. */
  write(path: string): void {
    if (this.#path !== path) this[Symbol.dispose]();
    try {
      writeFileSync(path, `${process.pid}\n`);
      this.#path = path;
    } catch (error) {
      this.#report(`could not write pidfile ${path}: ${messageOf(error)}`);
    }
  }

  /** Removes it, if it is ours. */
  [Symbol.dispose](): void {
    if (this.#path !== undefined) rmSync(this.#path, { force: true });
    this.#path = undefined;
  }
}
