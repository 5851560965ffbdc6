/** `fleet-agent selfcheck`: whether this version can take over from an agent that runs, which asks it as a child. */
import { resolve } from 'node:path';
import { messageOf } from '@fleetvisor/primitives';
import { checkLink } from './bridge/check-link.ts';
import { refusal } from './daemon/first-config.ts';
import { readConfig } from './layers/config-file.ts';
import { machineContext } from './layers/machine-context.ts';
import { inheritedEnvironment } from './os/environment.ts';
import { Users } from './os/users.ts';
import type { RunWorld } from './run-world.ts';
import { configHanded, daemonShown, type HandedDaemon } from './upgrade/handed-daemon.ts';
import { selfcheck } from './upgrade/selfcheck.ts';
import { version } from './version.ts';

/**
 * Prints a SelfcheckReport.
 * @param folder with a copy of agent.db, and what the agent that runs shows of itself
 * @returns the exit code
 */
export async function checkRun(folder: string, world: RunWorld): Promise<number> {
  try {
    const refused = whyNotTheFiles(daemonShown(folder), world);
    if (refused !== undefined) {
      world.stderr(refused);
      return 2;
    }
    await Promise.all([import('./in-fleet.ts'), checkLink(world.linkProgram)]);
    world.stdout(`${JSON.stringify(await selfcheck(folder, version))}\n`);
    return 0;
  } catch (error) {
    world.stderr(`Error: ${messageOf(error)}\n`);
    return 1;
  }
}

/** What is in force is gone on with; where it is in a form that this version does not know, the files must do. */
function whyNotTheFiles(shown: HandedDaemon, world: RunWorld): string | undefined {
  if (configHanded(shown) !== undefined) return undefined;
  const { startedIn, configFile } = shown;
  const context = machineContext(inheritedEnvironment(world.env), startedIn, new Users(world.clock));
  const parsed = readConfig(resolve(startedIn, configFile), context);
  return parsed.ok ? undefined : refusal(configFile, parsed.problems);
}
