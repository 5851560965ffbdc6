/** The command line of fleet-controller: flags and controller.ini in, a running controller, an exit code out. */
import { readFile } from 'node:fs/promises';
import { type Clock, FleetError, messageOf, type Random, sleep } from '@fleetvisor/primitives';
import { Command, CommanderError, Option } from 'commander';
import { type Controller, startController } from './controller.ts';
import { createLog } from './log.ts';
import {
  logFormats,
  logLevels,
  parseControllerIni,
  resolveSettings,
  type Settings,
  type SettingTexts,
  settingDefaults,
} from './settings.ts';
import { version } from './version.ts';

/** What the program is started with, so that a test can be the one who starts it. */
export interface World {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Aborted to ask for an orderly stop. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: Random;
}

/** Below what service managers grant before they kill. */
const stopBoundMs = 20_000;

const exitOk = 0;
const exitFailed = 1;
/** Flags or controller.ini make no sense. */
const exitUsage = 2;

const examples = `
Examples:
  fleet-controller run --data ./controller           keep everything in ./controller
  fleet-controller run --config /etc/fleet-controller.ini
  fleet-controller run --data ./second --api 127.0.0.1:7500 --link 127.0.0.1:7501 --http 127.0.0.1:7502

controller.ini has the same names as the flags, which win over it:
  [controller]
  data = /var/lib/fleet-controller
  retain-days = 30
`;

/**
 * Runs the program to its end.
 * @param args what follows the program's name.
 * @returns the exit code: 0 stopped in order, 1 could not start or go on, 2 flags or controller.ini make no sense.
 */
export async function runController(args: readonly string[], world: World): Promise<number> {
  const program = commandLine(world);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitOk;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitOk : exitUsage;
    world.stderr.write(`fleet-controller: ${messageOf(error)}\n`);
    if (!(error instanceof FleetError)) return exitFailed;
    return error.code === 'invalid' ? exitUsage : exitFailed;
  }
}

function commandLine(world: World): Command {
  const program = new Command('fleet-controller')
    .description('The one place that knows the fleet: agents report to it, fleetctl asks it.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
    })
    .addHelpText('after', examples);
  program
    .command('run')
    .description('run the controller in the foreground until SIGTERM or SIGINT')
    .addOption(setting('--data <dir>', 'the folder that holds everything the controller keeps', 'data'))
    .option('--config <file>', 'read controller.ini from here')
    .addOption(setting('--api <host:port>', 'where fleetctl connects', 'api'))
    .addOption(setting('--link <host:port>', 'where agents connect', 'link'))
    .addOption(setting('--http <host:port>', 'status, metrics and REST', 'http'))
    .addOption(setting('--log-level <level>', `one of ${logLevels.join(', ')}`, 'log-level'))
    .addOption(setting('--log-format <format>', `one of ${logFormats.join(', ')}`, 'log-format'))
    .addOption(setting('--retain-days <days>', 'how long events are kept', 'retain-days'))
    .addHelpText('after', examples)
    .action(async (flags: Record<string, string>) => run(await readSettings(flags), world));
  program
    .command('version')
    .description('print the version')
    .action(() => {
      world.stdout.write(`fleet-controller ${version}\n`);
    });
  return program;
}

/** Defaults are only shown here: a flag that was not given must not win over controller.ini. */
function setting(flags: string, description: string, name: keyof typeof settingDefaults): Option {
  return new Option(flags, `${description} (default: ${settingDefaults[name]})`);
}

async function readSettings(flags: Readonly<Record<string, string>>): Promise<Settings> {
  const { config, data, api, link, http, logLevel, logFormat, retainDays } = flags;
  const given = { data, api, link, http, 'log-level': logLevel, 'log-format': logFormat, 'retain-days': retainDays };
  const texts: SettingTexts = Object.fromEntries(Object.entries(given).filter(([, text]) => text !== undefined));
  const file = config === undefined ? {} : parseControllerIni(await readConfig(config), config);
  return resolveSettings(texts, file, config ?? 'controller.ini');
}

async function readConfig(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const message = `cannot read ${file}: ${messageOf(cause)}; give another with --config, or none`;
    throw new FleetError('invalid', message, { file }, { cause });
  }
}

async function run(settings: Settings, world: World): Promise<void> {
  const { clock, random, signal } = world;
  const log = createLog(settings.logLevel, settings.logFormat, clock, world.stdout);
  const parts = { clock, random, log };
  let controller = await startController(settings, parts);
  let death = await Promise.race([controller.died, aborted(signal)]);
  if (death?.code === 'stale') {
    log.warn({ err: death }, 'the store was set back; starting anew on it');
    await stop(controller, clock);
    controller = await startController(settings, parts);
    // A second time it is no accident, and somebody should look.
    death = await Promise.race([controller.died, aborted(signal)]);
  }
  if (death !== undefined) {
    log.error({ err: death }, 'the controller cannot go on; ending, to be started anew');
    await stop(controller, clock).catch(() => {}); // what could not be written is what it died of
    throw death;
  }
  log.info({ reason: messageOf(signal.reason) }, 'stopping');
  await stop(controller, clock);
  log.info('stopped');
}

/** @throws FleetError `unavailable` when it takes too long: whoever waits for the exit must not wait for ever. */
async function stop(controller: Controller, clock: Clock): Promise<void> {
  const tooLong = new AbortController();
  const late = sleep(clock, stopBoundMs, tooLong.signal).then(() => {
    throw new FleetError('unavailable', `did not stop within ${stopBoundMs} ms; what was acknowledged is stored`);
  });
  try {
    await Promise.race([controller[Symbol.asyncDispose](), late]);
  } finally {
    tooLong.abort();
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
