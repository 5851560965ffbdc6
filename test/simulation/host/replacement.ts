/**
 * Replaces the engine of a host by another version in the same process, in the steps of `upgrade/upgrader.ts`. What is left out
 * are descriptors, sockets, and the proof itself, which only takes time here.
 */
import { FleetError, messageOf, type Random, sleep } from '@fleetvisor/primitives';
import type { OneAtATime } from '../../../packages/agent/src/layers/one-at-a-time.ts';
import type { ActionResult } from '../../../packages/agent/src/supervision/action.ts';
import type { UpgradeCommand } from '../../../packages/agent/src/upgrade/handover.ts';
import { TrialFile } from '../../../packages/agent/src/upgrade/trial-file.ts';
import { notReplaced } from '../../../packages/agent/src/upgrade/upgrade-result.ts';
import { between } from '../engine/chance.ts';
import type { Life } from '../engine/life.ts';
import type { Installed } from './versions.ts';

/** What a life of the engine hands to the next one in its process, besides what is in agent.db. */
export interface SimulatedHandover {
  readonly from: Installed;
  readonly to: Installed;
  readonly command: UpgradeCommand | undefined;
}

export interface ReplacementParts {
  readonly life: Life;
  readonly random: Random;
  readonly folder: string;
  readonly machineLife: string;
  readonly own: Installed;
  /** What is installed now. */
  readonly installed: () => Installed;
  readonly changes: OneAtATime;
  readonly isShuttingDown: () => boolean;
  readonly quiesce: () => Promise<void>;
  readonly resume: () => void;
  /** @throws FleetError `unavailable` when it cannot be written down */
  readonly handOver: () => void;
  /** The end of this life. */
  readonly become: (handover: SimulatedHandover) => void;
}

export class Replacement {
  readonly #parts: ReplacementParts;
  #isUnderWay = false;

  constructor(parts: ReplacementParts) {
    this.#parts = parts;
  }

  /** Comes back only where nothing is replaced. */
  async upgrade(command: UpgradeCommand | undefined): Promise<ActionResult> {
    const { life, random } = this.#parts;
    if (this.#isUnderWay) return notReplaced('the agent is being replaced already');
    try {
      this.#refuseIfBusy();
      this.#isUnderWay = true;
      const to = this.#parts.installed();
      await sleep(life.clock, between(random, 300, 2_000));
      this.#refuseIfBusy();
      return await this.#replace(to, command);
    } catch (thrown) {
      return notReplaced(messageOf(thrown));
    } finally {
      this.#isUnderWay = false;
    }
  }

  #refuseIfBusy(): void {
    const { changes, isShuttingDown } = this.#parts;
    if (isShuttingDown()) throw new FleetError('conflict', 'the agent is shutting down');
    if (changes.isBusy) throw new FleetError('conflict', 'a change of the programs is under way');
  }

  #replace(to: Installed, command: UpgradeCommand | undefined): Promise<never> {
    const { changes, quiesce, resume } = this.#parts;
    return changes.run(async () => {
      try {
        await quiesce();
        this.#become(to, command);
      } catch (thrown) {
        resume();
        throw thrown;
      }
      return new Promise<never>(() => {}); // this life is over
    });
  }

  #become(to: Installed, command: UpgradeCommand | undefined): void {
    const { own, folder, machineLife, handOver, become } = this.#parts;
    const trial = new TrialFile(folder);
    handOver();
    if (to.flaw === 'cannot-take-over') throw new FleetError('unavailable', 'cannot write handover.json');
    // Where it is the same once more there is none to go back to.
    if (to.launcher === own.launcher) trial.remove();
    else trial.write({ state: 'on-trial', machineLife, from: own, to, command });
    become({ from: own, to, command });
  }
}
