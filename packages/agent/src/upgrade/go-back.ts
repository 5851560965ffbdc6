/** What an agent does about the upgrade before it, when it starts: it may be the version that has failed. */
import { messageOf } from '@fleetvisor/primitives';
import { becomeProgram, refuseUnlessExecutable } from '../os/become.ts';
import type { DaemonChannel } from '../os/daemon-channel.ts';
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
  /** What this agent was called by: what leads to it may lead to another version tomorrow. */
  readonly executable: string;
  /** Of a daemon in the background: whoever started it waits for the one that is to stand in the end. */
  readonly channel: DaemonChannel | undefined;
  /** Signals that have come and been acted on by nobody. */
  readonly waiting: () => readonly NodeJS.Signals[];
  readonly stderr: (text: string) => void;
}

/**
 * Becomes the version before, where this one has died on trial; else goes on.
 * @returns the upgrade that has failed, where that is to be reported
 */
export function afterUpgrade(world: StarterWorld): Trial | undefined {
  const { folder, starter, stderr } = world;
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
    if (verdict.kind === 'go-back') goBack(trial.from.launcher, world);
  } catch (thrown) {
    stderr(`Error: ${failureOf(trial)}, if it could: ${messageOf(thrown)}. ${trial.to.version} is tried once more\n`);
    return undefined;
  }
  return failed;
}

/** In the same process: its starter, and whoever watches its pid, find it where they look. @throws FleetError */
function goBack(launcher: string, { args, env, executable, channel, waiting }: StarterWorld): never {
  refuseUnlessExecutable(launcher); // before anything is handed on
  const told = { [SENT_BACK_VARIABLE]: executable, ...channel?.handOn() };
  return becomeProgram(launcher, args, { ...env, ...told }, waiting());
}
