/** `fleet-agent run` and `fleet-agent supervisord`: from what the command line asks for to a daemon, here or in the background. */
import { hostname } from 'node:os';
import type { ParseResult } from '@fleetvisor/config';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { checkLink } from './bridge/check-link.ts';
import { withOverrides } from './daemon/daemon-overrides.ts';
import type { DaemonRequest } from './daemon/daemon-request.ts';
import { firstConfig, goingOn, refusal } from './daemon/first-config.ts';
import { catchSignals } from './daemon/signals.ts';
import { readConfig } from './layers/config-file.ts';
import { machineContext } from './layers/machine-context.ts';
import { readMachineLife } from './os/boot-id.ts';
import { daemonise } from './os/daemonise.ts';
import { inheritedEnvironment, SENT_BACK_VARIABLE } from './os/environment.ts';
import { nameProcess } from './os/process-name.ts';
import { Users } from './os/users.ts';
import type { RunWorld } from './run-world.ts';
import { serve } from './serve.ts';
import { resolveSettings } from './settings.ts';
import { afterUpgrade, type StarterWorld } from './upgrade/go-back.ts';
import { selfcheck } from './upgrade/selfcheck.ts';
import { version } from './version.ts';

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

/**
 * Whether this version can take over from an agent that runs with the same arguments; prints a SelfcheckReport.
 * @param folder with a copy of agent.db
 */
export async function checkRun({ configFile }: DaemonRequest, folder: string, world: RunWorld): Promise<number> {
  const context = machineContext(inheritedEnvironment(world.env), world.cwd, new Users(world.clock));
  const parsed = readConfig(configFile, context);
  if (!parsed.ok) {
    world.stderr(refusal(configFile, parsed.problems));
    return 2;
  }
  try {
    await Promise.all([import('./in-fleet.ts'), checkLink(world.linkProgram)]);
    world.stdout(`${JSON.stringify(await selfcheck(folder, version))}\n`);
    return 0;
  } catch (error) {
    world.stderr(`Error: ${messageOf(error)}\n`);
    return 1;
  }
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
  const dataDir = parsed.ok ? undefined : dataDirWithoutConfig(request, parsed, world);
  const first = firstConfig(parsed, request, dataDir);
  if (first === undefined) {
    if (!parsed.ok) world.stderr(refusal(configFile, parsed.problems));
    return 2;
  }
  const { config, problems } = first;
  if (problems.length > 0) world.stderr(goingOn(configFile, problems));
  try {
    const isForeground = request.foreground || config.daemon.nodaemon;
    const flags = dataDir === undefined ? fleet : { ...fleet, dataDir };
    const settings = resolveSettings(flags, config.fleet, configFile, machine(world));
    const isDaemon = world.channel !== undefined || world.handover !== undefined;
    if (!isForeground && !isDaemon) return await daemonise(world);
    nameProcess(request.processName);
    const failedUpgrade = afterUpgrade(starterWorld(settings.dataDir, world));
    const ready = world.channel?.ready;
    await serve(
      {
        ...{ config, problems, configFile, settings, read, context, users, signals, isForeground },
        ...{ ready, failedUpgrade },
      },
      world,
    );
    return 0;
  } catch (error) {
    world.stderr(`Error: ${messageOf(error)}\n`);
    return error instanceof FleetError && error.code === 'invalid' ? 2 : 1;
  }
}

/** Its own word on it is heard where it can be read at all. @returns undefined where nothing says where it is */
function dataDirWithoutConfig(
  { configFile, fleet }: DaemonRequest,
  broken: Extract<ParseResult, { ok: false }>,
  world: RunWorld,
): string | undefined {
  try {
    return resolveSettings(fleet, broken.fleet, configFile, machine(world)).dataDir;
  } catch {
    return undefined; // the file is to be mended first; the next start finds what else is wrong
  }
}

function starterWorld(folder: string, { launcher, handover, argv, env, stderr }: RunWorld): StarterWorld {
  const isSentBack = env[SENT_BACK_VARIABLE] !== undefined;
  const machineLife = readMachineLife();
  const starter = { version, launcher, machineLife, isHandedOver: handover !== undefined, isSentBack };
  return { folder, starter, args: argv.slice(1), env, stderr };
}

function machine(world: RunWorld) {
  return { hostname: hostname(), uid: process.getuid?.() ?? 0, env: world.env, cwd: world.cwd };
}
