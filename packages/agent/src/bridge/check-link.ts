/** Whether the link's program can be loaded here, with all its modules. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { FleetError } from '@fleetvisor/primitives';

/** Its only argument then: it loads everything, and ends. */
export const CHECK_ARGUMENT = 'check';

/** @throws FleetError `unavailable` */
export async function checkLink(modulePath: string): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, modulePath, CHECK_ARGUMENT], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new FleetError('unavailable', `the link's program ${modulePath} cannot be loaded`);
}
