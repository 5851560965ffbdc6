/** Who may ask for an upgrade, and what each is told: the controller by a command, and whoever may enter the data folder. */
import { FleetError, messageOf } from '@fleetvisor/primitives';
import type { ActionResult } from '../supervision/action.ts';
import type { UpgradeCommand } from './handover.ts';
import type { Proof } from './prove.ts';
import { nothingToReplace, notReplaced } from './upgrade-result.ts';
import type { FailedUpgrades, Upgrader } from './upgrader.ts';

export class UpgradeDesk {
  #upgrader: Upgrader | undefined;

  /** The agent stands: from now on it can be replaced. */
  open(upgrader: Upgrader): void {
    this.#upgrader = upgrader;
  }

  get failed(): FailedUpgrades {
    return this.#upgrader?.failed ?? { failures: 0, lastFailure: '' };
  }

  /** By the version that is installed, where that is another one. Where it succeeds it does not come back: the next life tells what came of it. */
  async byCommand(command: UpgradeCommand, launcher: string): Promise<ActionResult> {
    try {
      const order = { launcher, command };
      const upgrader = this.#opened();
      const proof = await upgrader.prepare(order);
      if (!upgrader.isOwn(order, proof)) return await upgrader.replace(order, proof);
      upgrader.leaveIt();
      return nothingToReplace(proof.version);
    } catch (thrown) {
      return notReplaced(messageOf(thrown));
    }
  }

  /** Resolves once that version has proved itself and is about to take over. @throws FleetError */
  async byDoor(launcher: string): Promise<Proof> {
    const order = { launcher, command: undefined };
    const upgrader = this.#opened();
    const proof = await upgrader.prepare(order);
    // Whoever asked looks for the next life, or for one more failure (`failed`).
    upgrader.replace(order, proof).catch(() => undefined);
    return proof;
  }

  #opened(): Upgrader {
    if (this.#upgrader !== undefined) return this.#upgrader;
    throw new FleetError('unavailable', 'the agent is starting: try again in a moment');
  }
}
