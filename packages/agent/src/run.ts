/** `fleet-agent run`: from a config file to a running engine, and to its end. */
import { hostname } from 'node:os';
import {
  type ConfigProblem,
  formatProblem,
  type ParseContext,
  type ParsedConfig,
  type ParseResult,
} from '@fleetvisor/config';
import { after, type Clock, FleetError, messageOf, type Random } from '@fleetvisor/primitives';
import { beginLife } from './daemon/life.ts';
import { catchSignals, type DaemonSignals, type OnSignal } from './daemon/signals.ts';
import { startEngine } from './engine.ts';
import { readConfig } from './layers/config-file.ts';
import { machineContext } from './layers/machine-context.ts';
import { LogFiles } from './logs/log-files.ts';
import { createMainLog, type MainLogWriter } from './logs/main-log.ts';
import { NOFILE_SOFT_VARIABLE } from './os/environment.ts';
import { applyLimits } from './os/limits.ts';
import { PidFile } from './os/pid-file.ts';
import { dropPrivileges } from './os/privileges.ts';
import { Users } from './os/users.ts';
import { type FleetSettings, type RunFlags, resolveSettings } from './settings.ts';
import { openAgentDb } from './state/agent-db.ts';
import { makeDataFolderFor } from './state/data-folder.ts';

/** The process around the agent. */
export interface RunWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly linkProgram: string;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly onSignal: OnSignal;
}

/** @returns the exit code: 2 for mistakes in the config or the flags, 1 for what this machine refuses, 0 after an orderly end */
export async function runInForeground(configFile: string, flags: RunFlags, world: RunWorld): Promise<number> {
  const signals = catchSignals(world.onSignal);
  const users = new Users(world.clock);
  const context = machineContext(world.env, world.cwd, users);
  const read = () => readConfig(configFile, context);
  const parsed = read();
  if (!parsed.ok) {
    world.stderr(refusal(configFile, parsed.problems));
    return 2;
  }
  try {
    const settings = resolveSettings(flags, parsed.config.fleet, configFile, machine(world));
    await serve({ config: parsed.config, settings, read, context, users, signals }, world);
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

interface Prepared {
  readonly config: ParsedConfig;
  readonly settings: FleetSettings;
  readonly read: () => ParseResult;
  readonly context: ParseContext;
  readonly users: Users;
  readonly signals: DaemonSignals;
}

/** Runs until a signal asks for the end, then stops the programs in order. */
async function serve(prepared: Prepared, world: RunWorld): Promise<void> {
  const { config, users } = prepared;
  const { minfds, minprocs, user, pidfile } = config.daemon;
  const privileges = dropPrivileges(user, users, (owner) => makeDataFolderFor(prepared.settings.dataDir, owner));
  const limits = applyLimits({ minfds, minprocs, openFilesBeforeNode: world.env[NOFILE_SOFT_VARIABLE] });
  await using house = new AsyncDisposableStack();
  house.use(keepAlive(world.clock));
  // Before the log: an agent that finds the folder taken must not write into the log of the one that has it.
  const db = house.use(openAgentDb(prepared.settings.dataDir));
  const files = new LogFiles((level, message) => mainLog.log(level, message));
  const mainLog = openMainLog(config, files, world);
  const { log } = mainLog;
  for (const { message } of config.warnings) log('warn', message);
  for (const message of [...config.infos, ...privileges.infos, ...limits]) log('info', message);
  for (const message of privileges.criticals) log('critical', message);
  warnOfServers(config, mainLog);

  const { clock, random, env, linkProgram } = world;
  const engine = house.use(await startEngine({ ...prepared, ...{ db, files, log, clock, random, env, linkProgram } }));
  const life = beginLife({
    ...{ clock, files, supervisor: engine.supervisor, local: engine.local, logs: engine.logs },
    mainLog: { path: () => undefined, clear: () => {}, log },
    identifier: engine.identifier,
    remoteCommunication: () => {},
    announce: () => {},
    adopt: async (anew) => engine.adopt(anew),
  });
  engine.begin();
  house.use(new PidFile(pidfile, (message) => log('critical', message)));
  log('info', `supervisord started with pid ${process.pid}`);
  prepared.signals.serve({ life, files, log });
  const refused = await Promise.race([life.toldToEnd, engine.refused]);
  if (refused !== undefined) log('warn', 'the fleet does not take this host: stopping the programs');
  await engine.stop();
  if (refused !== undefined) throw new FleetError('invalid', refused);
}

/** Alone and without a program there is nothing else that would keep the process from ending. */
function keepAlive(clock: Clock): Disposable {
  const dayMs = 24 * 3_600_000;
  const arm = () =>
    clock.schedule(after(clock.now(), dayMs), () => {
      timer = arm();
    });
  let timer = arm();
  return { [Symbol.dispose]: () => timer.cancel() };
}

function openMainLog(config: ParsedConfig, files: LogFiles, world: RunWorld): MainLogWriter {
  const { logfile, logfileMaxBytes, logfileBackups, loglevel, silent } = config.daemon;
  const rotation = { maxBytes: logfileMaxBytes, backups: logfileBackups };
  return createMainLog({
    clock: world.clock,
    level: loglevel,
    file: logfile.kind === 'file' ? openLog(files, logfile.path, rotation) : undefined,
    alsoTo: silent ? undefined : world.stdout,
  });
}

function openLog(files: LogFiles, path: string, rotation: { readonly maxBytes: number; readonly backups: number }) {
  try {
    return files.open(path, rotation);
  } catch (cause) {
    const message = `cannot write the log ${path}: ${messageOf(cause)}; mend [supervisord] logfile, or its folder`;
    throw new FleetError('unavailable', message, { path }, { cause });
  }
}

function warnOfServers(config: ParsedConfig, mainLog: MainLogWriter): void {
  for (const { section, source } of config.httpServers) {
    mainLog.log('warn', `${source.file}:${source.line}: [${section}] is not opened by this version of fleet-agent`);
  }
}
