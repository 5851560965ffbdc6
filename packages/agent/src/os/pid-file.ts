/** The daemon's pidfile: a name for scripts, never a lock. */
import { rmSync, writeFileSync } from 'node:fs';
import { messageOf } from '@fleetvisor/primitives';
import type { MainLogWriter } from '../logs/main-log.ts';

export class PidFile implements Disposable {
  readonly #log: MainLogWriter['log'];
  /** Where ours is. */
  #path: string | undefined;

  /** @param log gets Supervisor's line, and after it the reason, when the file cannot be written; that stops nothing */
  constructor(log: MainLogWriter['log']) {
    this.#log = log;
  }

  /** Writes it. One that was written elsewhere before goes: a reload may name another path. */
  write(path: string): void {
    if (this.#path !== path) this[Symbol.dispose]();
    try {
      writeFileSync(path, `${process.pid}\n`);
      this.#path = path;
    } catch (error) {
      this.#log('critical', `could not write pidfile ${path}`);
      this.#log('error', messageOf(error));
    }
  }

  /** Removes it, if it is ours. */
  [Symbol.dispose](): void {
    if (this.#path !== undefined) rmSync(this.#path, { force: true });
    this.#path = undefined;
  }
}
