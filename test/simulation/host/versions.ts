/**
 * The versions of the agent that are installed on a host, and which of them an agent is that starts: a new one is on trial,
 * and the one before comes back when it dies young. As `upgrade/go-back.ts` does it, but for the becoming.
 */
import { type InstalledVersion, judgeTrial, type Trial } from '../../../packages/agent/src/upgrade/trial.ts';
import { TrialFile } from '../../../packages/agent/src/upgrade/trial-file.ts';

/** What is wrong with a version: nothing; it cannot be handed over to; it dies so many milliseconds after it was. */
export type VersionFlaw = 'none' | 'cannot-take-over' | number;

export interface Installed extends InstalledVersion {
  readonly flaw: VersionFlaw;
}

export interface Starting {
  readonly version: Installed;
  /** The upgrade that has failed, where that is to be told. */
  readonly failed: Trial | undefined;
}

export const firstVersion = '0.1.0';

export class Versions {
  /** By launcher. */
  readonly #all = new Map<string, Installed>();
  #newest: Installed;

  constructor() {
    this.#newest = this.install('none');
  }

  /** What the next start begins with, and what an upgrade takes. */
  get newest(): Installed {
    return this.#newest;
  }

  install(flaw: VersionFlaw): Installed {
    const number = this.#all.size;
    const installed = { version: `0.1.${number}`, launcher: `/opt/fleet-agent/${number}`, flaw };
    this.#all.set(installed.launcher, installed);
    this.#newest = installed;
    return installed;
  }

  /** @param handedTo the version to which another one has handed over in the same process */
  starting(folder: string, machineLife: string, handedTo: Installed | undefined): Starting {
    const version = handedTo ?? this.#newest;
    const file = new TrialFile(folder);
    const trial = file.read();
    const isHandedOver = handedTo !== undefined;
    const verdict = judgeTrial(trial, { ...version, machineLife, isHandedOver, isSentBack: false });
    if (verdict.kind === 'forget') file.remove();
    if (trial === undefined || verdict.kind === 'start' || verdict.kind === 'forget')
      return { version, failed: undefined };
    const failed: Trial = { ...trial, state: 'failed' };
    file.write(failed);
    return { version: verdict.kind === 'report' ? version : this.#of(trial.from), failed };
  }

  #of({ launcher }: InstalledVersion): Installed {
    const installed = this.#all.get(launcher);
    if (installed === undefined) throw new Error(`nothing is installed at ${launcher}`);
    return installed;
  }
}
