/** `fleet-agent ctl`: supervisorctl for hosts without Python. Speaks XML-RPC with any Supervisor, the real one and ours. */
import { parseArguments } from './arguments.ts';
import { runLine } from './run-line.ts';
import { CtlSession } from './session.ts';
import { readSettings } from './settings.ts';
import { runShell } from './shell.ts';
import { usage } from './usage.ts';
import type { CtlOutput, CtlWorld } from './world.ts';

export type { CtlInput, CtlOutput, CtlWorld } from './world.ts';

const USAGE_ERROR = 2;

/**
 * Runs one command, or the shell where none is given.
 *
 * @param argv what follows `ctl` on the command line
 * @returns the exit code, supervisorctl's. The caller exits the process with it: a shell left by Ctrl-C may have a request open.
 */
export async function runCtl(argv: readonly string[], world: CtlWorld): Promise<number> {
  const parsed = parseArguments(argv);
  if (parsed.kind === 'help') {
    world.stdout.write(usage(world.program));
    return 0;
  }
  if (parsed.kind === 'wrong') return refuseUsage(parsed.message, world);
  const { options } = parsed;
  const settings = readSettings(options, world);
  if (!settings.ok) return refuseUsage(settings.message, world);

  const isShell = options.words.length === 0;
  using session = new CtlSession(settings.spec, isShell || options.interactive, world);
  if (isShell) await runShell(session);
  else await runLine(session, options.words.join(' '));
  await written(world.stdout);
  return isShell ? 0 : session.exitCode;
}

/** Until everything has gone out, or nobody reads it: the process is ended next, and a pipe takes 64 KiB at a time. */
function written(output: CtlOutput): Promise<void> {
  return new Promise((resolve) => output.write('', () => resolve()));
}

function refuseUsage(message: string, world: CtlWorld): number {
  world.stderr.write(`Error: ${message}\nFor help, use ${world.program} -h\n`);
  return USAGE_ERROR;
}
