/** Where the trial of a new version is written down: beside agent.db, for whichever version is started next. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { fromText, toText } from './plain-data.ts';
import type { Trial } from './trial.ts';

export class TrialFile {
  readonly #path: string;

  /** @param folder the data folder */
  constructor(folder: string) {
    this.#path = join(folder, 'upgrade.json');
  }

  /** Undefined where there is none, or one that nobody can read. */
  read(): Trial | undefined {
    try {
      return fromText(readFileSync(this.#path, 'utf8')) as Trial; // written below alone, and whole
    } catch {
      return undefined;
    }
  }

  /** A version has taken over, and may still go back. */
  get isOn(): boolean {
    return this.read()?.state === 'on-trial';
  }

  /** @throws FleetError `unavailable` */
  write(trial: Trial): void {
    const fresh = `${this.#path}.new`;
    try {
      writeFileSync(fresh, toText(trial), { mode: 0o600 });
      renameSync(fresh, this.#path);
    } catch (cause) {
      const message = `cannot write ${this.#path}: ${messageOf(cause)}; see that its disk has room`;
      throw new FleetError('unavailable', message, { path: this.#path }, { cause });
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}
