/** The daemon's pidfile: a name for scripts, never a lock. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
      writeFileSync(path, contents());
      this.#path = path;
    } catch (error) {
      this.#log('critical', `could not write pidfile ${path}`);
      this.#log('error', messageOf(error));
    }
  }

  /** Removes it, if it is ours: it may be no file at all, or another's by now. */
  [Symbol.dispose](): void {
    if (this.#path !== undefined && isOurs(this.#path)) rmSync(this.#path, { force: true });
    this.#path = undefined;
  }
}

const contents = () => `${process.pid}\n`;

/** `pidfile=/dev/null` is a usual way to have none: removed by root, it is gone for the whole machine. */
function isOurs(path: string): boolean {
  try {
    return statSync(path).isFile() && readFileSync(path, 'latin1') === contents();
  } catch {
    return false; // somebody has removed it, or it is not for us to read
  }
}
