/** `fleet-agent run` and `fleet-agent supervisord`: from what the command line asks for to a daemon, here or in the background. */
import { hostname } from 'node:os';
import type { ConfigProblem, ParsedConfig, ParseResult } from '@fleetvisor/config';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { withOverrides } from './daemon/daemon-overrides.ts';
import type { DaemonRequest } from './daemon/daemon-request.ts';
import { firstConfig, goingOn, refusal } from './daemon/first-config.ts';
import { readConfig } from './layers/config-file.ts';
import { machineContext } from './layers/machine-context.ts';
import { daemonise } from './os/daemonise.ts';
import { inheritedEnvironment } from './os/environment.ts';
import { nameProcess } from './os/process-name.ts';
import { Users } from './os/users.ts';
import type { RunWorld } from './run-world.ts';
import { serve } from './serve.ts';
import { type FleetSettings, resolveSettings } from './settings.ts';
import { afterUpgradeUnread } from './upgrade/go-back.ts';
import { configHanded } from './upgrade/handed-daemon.ts';

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
  const { configFile, overrides } = request;
  const users = new Users(world.clock);
  const context = machineContext(inheritedEnvironment(world.env), world.cwd, users);
  const read = (): ParseResult => {
    const parsed = readConfig(configFile, context);
    return parsed.ok ? { ok: true, config: withOverrides(parsed.config, overrides) } : parsed;
  };
  // Whoever starts the agent may not try again after a mistake; after an upgrade the version before must come back.
  const mistake = world.handover === undefined ? 2 : 1;
  const begun = beginning(request, read, world);
  if (begun === undefined) return mistake;
  const { config, problems } = begun;
  try {
    const settings = begun.settings();
    const isForeground = world.handover?.daemon.isForeground ?? (request.foreground || config.daemon.nodaemon);
    const isDaemon = world.channel !== undefined || world.handover !== undefined;
    if (!isForeground && !isDaemon) return await daemonise(world);
    nameProcess(request.processName);
    const ready = world.channel?.ready;
    await serve(
      {
        ...{ config, problems, configFile, settings, read, context, users, isForeground },
        ready,
      },
      world,
    );
    return 0;
  } catch (error) {
    world.stderr(`Error: ${messageOf(error)}\n`);
    return error instanceof FleetError && error.code === 'invalid' ? mistake : 1;
  }
}

interface Beginning {
  readonly config: ParsedConfig;
  /** What is wrong with the file, in whose place the configuration stands. */
  readonly problems: readonly ConfigProblem[];
  /** @throws FleetError `invalid` */
  readonly settings: () => FleetSettings;
}

/** What the daemon begins with; undefined where there is nothing, and that has been told. */
function beginning(request: DaemonRequest, read: () => ParseResult, world: RunWorld): Beginning | undefined {
  const handed = world.handover?.daemon;
  const inForce = handed && configHanded(handed);
  if (handed !== undefined && inForce !== undefined) {
    return { config: inForce, problems: [], settings: () => handed.settings };
  }
  const { configFile, fleet } = request;
  const parsed = read();
  const dataDir = parsed.ok ? undefined : dataDirWithoutConfig(request, parsed, world);
  const first = firstConfig(parsed, request, dataDir);
  if (first === undefined) {
    // The version before may understand what was in force, where this one does not.
    if (dataDir !== undefined) afterUpgradeUnread(dataDir, world);
    if (!parsed.ok) world.stderr(refusal(configFile, parsed.problems));
    return undefined;
  }
  const { config, problems } = first;
  if (problems.length > 0) world.stderr(goingOn(configFile, problems));
  const flags = dataDir === undefined ? fleet : { ...fleet, dataDir };
  return {
    ...{ config, problems },
    settings: () => handed?.settings ?? resolveSettings(flags, config.fleet, configFile, machine(world)),
  };
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

function machine(world: RunWorld) {
  return { hostname: hostname(), uid: process.getuid?.() ?? 0, env: world.env, cwd: world.cwd };
}
