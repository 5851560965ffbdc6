/** A version that lives is on trial no longer: its file goes after a while, and when the agent ends in an orderly way. */
import { after, type Clock, type Timer } from '@fleetvisor/primitives';
import { TRIAL_MS, type Trial } from './trial.ts';
import { TrialFile } from './trial-file.ts';

/** Disposing leaves the trial as it is: whoever is disposed of without having ended has failed. */
export class TrialKeeper implements Disposable {
  readonly #file: TrialFile;
  readonly #onLived: () => void;
  readonly #timer: Timer | undefined;

  /** @param folder the data folder @param onLived called once the trial is over */
  constructor(clock: Clock, folder: string, onLived: () => void) {
    this.#file = new TrialFile(folder);
    this.#onLived = onLived;
    // What has failed stays written down: the version that died is not started again.
    if (!this.#file.isOn) return;
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
    if (!this.#file.isOn) return;
    this.#file.remove();
    this.#onLived();
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }
}
