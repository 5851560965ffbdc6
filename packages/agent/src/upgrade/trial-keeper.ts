/** A version that lives is on trial no longer: its file goes after a while, and when the agent ends in an orderly way. */
import { after, type Clock, type Timer } from '@fleetvisor/primitives';
import { TRIAL_MS, type Trial } from './trial.ts';
import { TrialFile } from './trial-file.ts';

/** Disposing leaves the trial as it is: whoever is disposed of without having ended has failed. */
export class TrialKeeper implements Disposable {
  readonly #file: TrialFile;
  readonly #timer: Timer | undefined;

  /** @param folder the data folder */
  constructor(clock: Clock, folder: string) {
    this.#file = new TrialFile(folder);
    // What has failed stays written down: the version that died is not started again.
    if (!this.#isOn) return;
    this.#timer = clock.schedule(after(clock.now(), TRIAL_MS), () => this.end());
  }

  /** Whoever had asked for the upgrade that has failed has been told of it, and is not told at every start of the agent. */
  reported(failed: Trial): void {
    if (failed.command === undefined) return;
    try {
      this.#file.write({ ...failed, command: undefined });
    } catch {
      // A disk that refuses this: the next start tells it once more, which is better than none.
    }
  }

  /** It has lived, or is told to end. */
  end(): void {
    this.#timer?.cancel();
    if (this.#isOn) this.#file.remove();
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }

  get #isOn(): boolean {
    return this.#file.read()?.state === 'on-trial';
  }
}
