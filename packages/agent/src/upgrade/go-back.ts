/** What an agent does about the upgrade before it, when it starts: it may be the version that has failed. */
import { messageOf } from '@fleetvisor/primitives';
import { becomeProgram } from '../os/become.ts';
import { SENT_BACK_VARIABLE } from '../os/environment.ts';
import { judgeTrial, type Starter, type Trial } from './trial.ts';
import { TrialFile } from './trial-file.ts';
import { failureOf } from './upgrade-result.ts';

export interface StarterWorld {
  readonly folder: string;
  readonly starter: Starter;
  /** What this agent was started with, its verb first. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Signals that have come and been acted on by nobody. */
  readonly waiting: () => readonly NodeJS.Signals[];
  readonly stderr: (text: string) => void;
}

/**
 * Becomes the version before, where this one has died on trial; else goes on.
 * @returns the upgrade that has failed, where that is to be reported
 */
export function afterUpgrade({ folder, starter, args, env, waiting, stderr }: StarterWorld): Trial | undefined {
  const file = new TrialFile(folder);
  const trial = file.read();
  const verdict = judgeTrial(trial, starter);
  if (trial === undefined || verdict.kind === 'start') return undefined;
  if (verdict.kind === 'forget') {
    file.remove();
    return undefined;
  }
  const failed: Trial = { ...trial, state: 'failed' };
  try {
    file.write(failed);
    if (verdict.kind === 'go-back') {
      becomeProgram(trial.from.launcher, args, { ...env, [SENT_BACK_VARIABLE]: '1' }, waiting());
    }
  } catch (thrown) {
    stderr(`Error: ${failureOf(trial)}, if it could: ${messageOf(thrown)}. ${trial.to.version} is tried once more\n`);
    return undefined;
  }
  return failed;
}
