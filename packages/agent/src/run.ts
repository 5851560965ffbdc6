/** `fleet-agent run`: from a config file to a running engine, and to its end. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import {
  type ConfigProblem,
  formatProblem,
  type ParseContext,
  type ParsedConfig,
  type ParseResult,
  parseConfig,
} from '@fleetvisor/config';
import { type Clock, FleetError, messageOf, type Random } from '@fleetvisor/primitives';
import { type Engine, startEngine } from './engine.ts';
import { machineContext } from './layers/machine-context.ts';
import { LogFiles } from './logs/log-files.ts';
import { createMainLog, type MainLogWriter } from './logs/main-log.ts';
import { NOFILE_SOFT_VARIABLE } from './os/environment.ts';
import { applyLimits } from './os/limits.ts';
import { PidFile } from './os/pid-file.ts';
import { dropPrivileges } from './os/privileges.ts';
import { Users } from './os/users.ts';
import { type FleetSettings, type RunFlags, resolveSettings } from './settings.ts';
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
  readonly onSignal: (signal: NodeJS.Signals, act: (signal: NodeJS.Signals) => void) => void;
}

/** @returns the exit code: 2 for mistakes in the config or the flags, 1 for what this machine refuses, 0 after an orderly end */
export async function runInForeground(configFile: string, flags: RunFlags, world: RunWorld): Promise<number> {
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
    await serve({ config: parsed.config, settings, read, context, users }, world);
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

function readConfig(file: string, context: ParseContext): ParseResult {
  const text = readMainFile(file);
  if (typeof text !== 'string') return parseConfig({ file, text }, context);
  return { ok: false, problems: [{ file, line: 0, section: undefined, option: undefined, message: text }] };
}

/** The file's bytes, or in Supervisor's words why there are none, and what to do. */
function readMainFile(file: string): Uint8Array | string {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return `could not find config file ${file}; name an existing one with -c`;
    if (isErrno(error, 'EISDIR'))
      return `could not read config file ${file}: it is a folder; name a file in it with -c`;
    return `could not read config file ${file}: ${messageOf(error)}; make it readable for the user of the agent`;
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

interface Prepared {
  readonly config: ParsedConfig;
  readonly settings: FleetSettings;
  readonly read: () => ParseResult;
  readonly context: ParseContext;
  readonly users: Users;
}

/** Runs until a signal asks for the end, then stops the programs in order. */
async function serve(prepared: Prepared, world: RunWorld): Promise<void> {
  const { config, users } = prepared;
  const { minfds, minprocs, user, pidfile } = config.daemon;
  const privileges = dropPrivileges(user, users, (owner) => makeDataFolderFor(prepared.settings.dataDir, owner));
  const limits = applyLimits({ minfds, minprocs, openFilesBeforeNode: world.env[NOFILE_SOFT_VARIABLE] });
  await using house = new AsyncDisposableStack();
  const files = new LogFiles((level, message) => mainLog.log(level, message));
  const mainLog = openMainLog(config, files, world);
  const { log } = mainLog;
  for (const { message } of config.warnings) log('warn', message);
  for (const message of [...config.infos, ...privileges.infos, ...limits]) log('info', message);
  for (const message of privileges.criticals) log('critical', message);
  warnOfServers(config, mainLog);

  const { clock, random, env, linkProgram } = world;
  const engine = house.use(await startEngine({ ...prepared, ...{ files, log, clock, random, env, linkProgram } }));
  house.use(new PidFile(pidfile, (message) => log('critical', message)));
  log('info', `supervisord started with pid ${process.pid}`);
  const signal = await endOf(engine, files, mainLog, world);
  log('warn', `received ${signal} indicating exit request`);
  await engine.stop();
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

/** Resolves with the name of the signal that asks for the end; acts on the others, also afterwards. */
function endOf(engine: Engine, files: LogFiles, { log }: MainLogWriter, world: RunWorld): Promise<string> {
  let isEnding = false;
  world.onSignal('SIGHUP', () => {
    if (isEnding) {
      log('warn', 'ignored SIGHUP indicating restart request (shutdown in progress)');
      return;
    }
    log('warn', 'received SIGHUP indicating restart request');
    engine.restart().then(
      ({ message, problems }) => {
        for (const problem of problems) log('error', formatProblem(problem));
        if (message !== '') log('error', message);
      },
      (error) => log('error', `cannot restart: ${messageOf(error)}`),
    );
  });
  world.onSignal('SIGUSR2', () => {
    log('info', 'received SIGUSR2 indicating log reopen request');
    files.reopenAll();
    log('info', 'supervisord logreopen');
  });
  return new Promise((resolve) => {
    const end = (signal: NodeJS.Signals) => {
      isEnding = true;
      resolve(signal);
    };
    for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) world.onSignal(name, end);
  });
}
