/** `fleet-agent run` and `fleet-agent supervisord`: from what the command line asks for to a daemon, here or in the background. */
import { hostname } from 'node:os';
import { type ConfigProblem, formatProblem, type ParseResult } from '@fleetvisor/config';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { withOverrides } from './daemon/daemon-overrides.ts';
import type { DaemonRequest } from './daemon/daemon-request.ts';
import { catchSignals } from './daemon/signals.ts';
import { readConfig } from './layers/config-file.ts';
import { machineContext } from './layers/machine-context.ts';
import { daemonise } from './os/daemonise.ts';
import { inheritedEnvironment } from './os/environment.ts';
import { nameProcess } from './os/process-name.ts';
import { Users } from './os/users.ts';
import type { RunWorld } from './run-world.ts';
import { serve } from './serve.ts';
import { resolveSettings } from './settings.ts';

/** @returns the exit code: 2 for mistakes in the config or the flags, 1 for what this machine refuses, 0 after an orderly end */
export async function runDaemon(request: DaemonRequest, world: RunWorld): Promise<number> {
  const { channel } = world;
  if (channel === undefined) return run(request, world);
  // Nobody reads the stderr of a daemon; whoever started it reads this, once.
  let told = '';
  const heard = { ...world, stderr: (text: string) => (told += text) };
  const code = await run(request, heard);
  channel.failed(told, code);
  return code;
}

async function run(request: DaemonRequest, world: RunWorld): Promise<number> {
  const signals = catchSignals(world.onSignal);
  const { configFile, overrides, fleet } = request;
  const users = new Users(world.clock);
  const context = machineContext(inheritedEnvironment(world.env), world.cwd, users);
  const read = (): ParseResult => {
    const parsed = readConfig(configFile, context);
    return parsed.ok ? { ok: true, config: withOverrides(parsed.config, overrides) } : parsed;
  };
  const parsed = read();
  if (!parsed.ok) {
    world.stderr(refusal(configFile, parsed.problems));
    return 2;
  }
  const { config } = parsed;
  try {
    const isForeground = request.foreground || config.daemon.nodaemon;
    const settings = resolveSettings(fleet, config.fleet, configFile, machine(world));
    if (!isForeground && world.channel === undefined) return await daemonise(world);
    nameProcess(request.processName);
    await serve(
      { ...{ config, settings, read, context, users, signals, isForeground }, ready: world.channel?.ready },
      world,
    );
    return 0;
  } catch (error) {
    world.stderr(`Error: ${messageOf(error)}\n`);
    return error instanceof FleetError && error.code === 'invalid' ? 2 : 1;
  }
}

/** One line for a file that cannot be read at all, else how many problems there are and a line for each. */
function refusal(configFile: string, problems: readonly ConfigProblem[]): string {
  const [first] = problems;
  if (first !== undefined && first.section === undefined && first.line === 0) return `Error: ${first.message}\n`;
  const count = problems.length === 1 ? '1 error' : `${problems.length} errors`;
  const lines = [`Error: ${configFile} has ${count}; nothing was started`, ...problems.map(formatProblem)];
  return lines.map((line) => `${line}\n`).join('');
}

function machine(world: RunWorld) {
  return { hostname: hostname(), uid: process.getuid?.() ?? 0, env: world.env, cwd: world.cwd };
}
