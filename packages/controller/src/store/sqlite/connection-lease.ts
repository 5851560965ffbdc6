/** Who may use the one connection now: one at a time, in the order of asking, so that a transaction is never interleaved. */
import { FleetError } from '@fleetvisor/primitives';

const waitersMax = 10_000;

export class ConnectionLease {
  #isTaken = false;
  readonly #waiters: (() => void)[] = [];

  /** @throws FleetError `unavailable` when too many wait already. */
  async take(): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return;
    }
    if (this.#waiters.length >= waitersMax) {
      throw new FleetError('unavailable', `${waitersMax} transactions wait for the store; try again later`);
    }
    await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  give(): void {
    const next = this.#waiters.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }
}
