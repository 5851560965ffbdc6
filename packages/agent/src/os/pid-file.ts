/** The daemon's pidfile: a name for scripts, never a lock. */
import { rmSync, writeFileSync } from 'node:fs';
import { messageOf } from '@fleetvisor/primitives';

export class PidFile implements Disposable {
  readonly #path: string;
  readonly #isWritten: boolean;

  /** @param report gets Supervisor's line when the file cannot be written; that stops nothing */
  constructor(path: string, report: (message: string) => void) {
    this.#path = path;
    this.#isWritten = write(path, report);
  }

  /** Removes it, if it is ours. */
  [Symbol.dispose](): void {
    if (this.#isWritten) rmSync(this.#path, { force: true });
  }
}

function write(path: string, report: (message: string) => void): boolean {
  try {
    writeFileSync(path, `${process.pid}\n`);
    return true;
  } catch (error) {
    report(`could not write pidfile ${path}: ${messageOf(error)}`);
    return false;
  }
}
