/** What an agent does about the upgrade before it, when it starts: it may be the version that has failed. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf } from '@fleetvisor/primitives';
import { becomeProgram, refuseUnlessExecutable } from '../os/become.ts';
import { readMachineLife } from '../os/boot-id.ts';
import { SENT_BACK_VARIABLE } from '../os/environment.ts';
import type { RunWorld } from '../run-world.ts';
import { version } from '../version.ts';
import { judgeTrial, type Starter, type Trial } from './trial.ts';
import { TrialFile } from './trial-file.ts';
import { failureOf } from './upgrade-result.ts';

/**
 * Becomes the version before, where this one has died on trial; else goes on.
 * @param folder the data folder, which says what is to be run: it must be of the user that this process is
 * @returns the upgrade that has failed, where that is to be reported
 */
export function afterUpgrade(folder: string, world: RunWorld): Trial | undefined {
  const { stderr } = world;
  const file = new TrialFile(folder);
  const trial = file.read();
  const verdict = judgeTrial(trial, starterOf(world));
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

/**
 * The same before anybody knows what the agent is to run as: where its config cannot be understood. Nothing happens where the
 * folder is another user's.
 */
export function afterUpgradeUnread(folder: string, world: RunWorld): void {
  if (statSync(folder, { throwIfNoEntry: false })?.uid === process.getuid?.()) afterUpgrade(folder, world);
}

function starterOf({ launcher, handover, env }: RunWorld): Starter {
  const isSentBack = env[SENT_BACK_VARIABLE] !== undefined;
  return { version, launcher, machineLife: readMachineLife(), isHandedOver: handover !== undefined, isSentBack };
}

/** In the same process: its starter, and whoever watches its pid, find it where they look. @throws FleetError */
function goBack(launcher: string, { argv, env, cwd, executable, channel, signals }: RunWorld): never {
  refuseUnlessExecutable(launcher); // before anything is handed on
  const told = { [SENT_BACK_VARIABLE]: resolve(cwd, executable), ...channel?.handOn() };
  return becomeProgram(launcher, argv.slice(1), { ...env, ...told }, signals.waiting());
}
