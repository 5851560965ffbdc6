/** The daemon in its process: everything it needs opened in the order in which it may fail, until somebody asks for its end. */
import { resolve } from 'node:path';
import {
  type ConfigProblem,
  type DaemonSpec,
  formatProblem,
  type ParseContext,
  type ParsedConfig,
  type ParseResult,
} from '@fleetvisor/config';
import { after, type Clock, FleetError, messageOf, msBetween } from '@fleetvisor/primitives';
import { findServerInUse } from './compat/http/find-in-use.ts';
import { areHanded } from './compat/http/handed-servers.ts';
import { controlMethods } from './daemon/control-methods.ts';
import { Doors } from './daemon/doors.ts';
import { GOES_ON } from './daemon/first-config.ts';
import { beginLife, type Life, type LifeParts } from './daemon/life.ts';
import { type Engine, startEngine } from './engine.ts';
import { LogFiles } from './logs/log-files.ts';
import type { MainLogWriter } from './logs/main-log.ts';
import { type MainLog, openMainLog } from './logs/open-main-log.ts';
import { readMachineLife } from './os/boot-id.ts';
import { settleDaemon } from './os/daemonise.ts';
import { NOFILE_SOFT_VARIABLE } from './os/environment.ts';
import { applyLimits } from './os/limits.ts';
import { OrphanReaper } from './os/orphans.ts';
import { PidFile } from './os/pid-file.ts';
import { dropPrivileges, type PrivilegeReport } from './os/privileges.ts';
import { openSyslog } from './os/syslog.ts';
import type { Users } from './os/users.ts';
import type { RunWorld } from './run-world.ts';
import type { FleetSettings } from './settings.ts';
import { type AgentDb, openAgentDb } from './state/agent-db.ts';
import { leftLife } from './state/agent-life.ts';
import { makeDataFolderFor } from './state/data-folder.ts';
import { reapedOrphan } from './supervision/main-log-lines.ts';
import { afterUpgrade } from './upgrade/go-back.ts';
import { type HandedDaemon, handConfig } from './upgrade/handed-daemon.ts';
import type { Handover } from './upgrade/handover.ts';
import type { Trial } from './upgrade/trial.ts';
import { TrialFile } from './upgrade/trial-file.ts';
import { TrialKeeper } from './upgrade/trial-keeper.ts';
import { UpgradeDesk } from './upgrade/upgrade-desk.ts';
import { failureOf, replaced, type UpgradeResult, wentBack } from './upgrade/upgrade-result.ts';
import { Upgrader } from './upgrade/upgrader.ts';
import { version } from './version.ts';

export interface Prepared {
  readonly config: ParsedConfig;
  /** What is wrong with the config file, where `config` is what was in force before. */
  readonly problems: readonly ConfigProblem[];
  readonly settings: FleetSettings;
  readonly read: () => ParseResult;
  readonly context: ParseContext;
  readonly users: Users;
  readonly isForeground: boolean;
  readonly configFile: string;
  /** Of a daemon in the background: whoever started it may go on. */
  readonly ready: (() => void) | undefined;
}

/**
 * Runs until a signal or a client asks for the end, then stops the programs in order.
 * @throws FleetError: `invalid` for what Supervisor calls a mistake of its config
 */
export async function serve(prepared: Prepared, world: RunWorld): Promise<void> {
  const { config, users, settings } = prepared;
  const { handover } = world;
  const { minfds, minprocs, user } = config.daemon;
  const privileges = handover
    ? { criticals: [], infos: [] } // it is that user already
    : dropPrivileges(user, users, (owner) => makeDataFolderFor(settings.dataDir, owner));
  // It has its limits already, but for what Node has made of them; others wait for a start, as a reload says.
  const minima = handover ? { minfds: 0, minprocs: 0 } : { minfds, minprocs };
  const limits = applyLimits({ ...minima, openFilesBeforeNode: world.env[NOFILE_SOFT_VARIABLE] });
  // Only now: the folder belongs to whom the agent runs as, and says what is to be run.
  const failedUpgrade = afterUpgrade(settings.dataDir, world);
  await using house = new AsyncDisposableStack();
  house.use(keepAlive(world.clock));
  // Before the log: an agent that finds the folder taken must not write into the log of the one that has it.
  const db = house.use(await openDb(prepared, world.clock));
  const hasPrograms = handover !== undefined || leftLife(db.sql, readMachineLife()) !== undefined;
  const { files, mainLog } = openLogs(prepared, world, hasPrograms);
  house.use(mainLog);
  const { log } = mainLog;
  if (handover === undefined) tellOfConfig(config, privileges, log);
  tellOfBrokenFile(prepared, log);
  if (db.noRoom !== undefined) tellOfFullDisk(db.noRoom, world, log);
  for (const message of limits) log('info', message);
  // Before the first child is made.
  const orphans = process.pid === 1 ? house.use(orphanReaper(log)) : undefined;

  const { clock, random, env, linkProgram } = world;
  const desk = new UpgradeDesk();
  const engine = house.use(
    await startEngine({
      ...prepared,
      ...{ db, files, mainLog, clock, random, env, linkProgram, handover },
      upgradeResult: resultOf(failedUpgrade, handover, new TrialFile(settings.dataDir).isOn),
      upgrade: (asked) => desk.byCommand(asked, resolve(world.cwd, world.executable)),
    }),
  );
  const pidFile = house.use(new PidFile(log));
  const started = `supervisord started with pid ${process.pid}`;
  const life = lifeOf(engine, { clock, files, mainLog }, async (anew, onRefused) => {
    try {
      mainLog.adopt(anew.daemon);
    } catch (error) {
      onRefused(error);
    }
    tellOfConfig(anew, privileges, log);
    engine.adopt(anew);
    pidFile.write(anew.daemon.pidfile);
    await doors.open(anew, onRefused);
    log('info', started);
  });
  const bornAt = clock.now();
  /** Whoever waits is answered once this turn of the event loop is over. */
  let answersFrom = bornAt;
  const facts = () => ({
    version,
    life: String(bornAt),
    programs: engine.supervisor.snapshot().filter(({ pid }) => pid !== undefined && pid > 0).length,
    replacedInMs: handover === undefined ? 0 : Math.round(msBetween(handover.at, answersFrom)),
    ...desk.failed,
  });
  const doors = house.use(
    new Doors({
      ...{ daemon: life, random, users, version, warn: world.stderr, handed: handover?.servers },
      controlMethods: controlMethods({ facts, upgrade: (launcher) => desk.byDoor(launcher) }),
    }),
  );
  const begin = () => asMistake(() => engine.begin());
  // What goes on is there before anybody is answered; what begins is told first whether it may.
  if (handover !== undefined) await begin();
  // To programs that run already an agent without one of its servers is better than none.
  const complain = (error: FleetError) =>
    log('critical', `going on without a server until a reload: ${messageOf(error)}`);
  // A server that was handed over must be had: where it cannot, this version fails, and the one before it comes back.
  const mayLack = handover === undefined ? hasPrograms : !areHanded(config.httpServers, handover.servers);
  await asMistake(() => doors.open(config, mayLack ? complain : undefined));
  await doors.openControl(settings.dataDir);
  answersFrom = clock.now();
  if (handover === undefined) await begin();
  doors.endTakeOver();
  orphans?.start((pid) => engine.awaits(pid));
  if (!prepared.isForeground && handover === undefined) settleDaemon({ ...config.daemon, log });
  pidFile.write(config.daemon.pidfile);
  if (handover === undefined) {
    log('info', started);
    engine.bus.supervisorState('RUNNING');
  }
  const trial = house.use(new TrialKeeper(clock, settings.dataDir, () => engine.upgradeHolds()));
  if (failedUpgrade !== undefined) {
    log('critical', failureOf(failedUpgrade));
    trial.reported(failedUpgrade);
  }
  desk.open(
    new Upgrader({
      ...{ clock, db, files, log, engine, doors, env },
      own: { version, launcher: world.launcher },
      daemon: () => daemonOf(prepared, engine, world),
      args: world.argv.slice(1),
      whyNot: () => (life.state() === 'running' ? undefined : 'the agent is shutting down or restarting'),
    }),
  );
  world.signals.serve({ life, files, log });
  prepared.ready?.();
  await untilTheEnd(engine, life, log);
  trial.end();
}

/**
 * A second start on the same files finds the data folder taken, before any port: whose servers those are it learns in
 * Supervisor's words all the same, and ends as Supervisor does.
 */
async function openDb({ config, settings }: Prepared, clock: Clock): Promise<AgentDb> {
  try {
    const machineLife = readMachineLife();
    return openAgentDb(settings.dataDir, { isWorthReading: (sql) => leftLife(sql, machineLife) !== undefined });
  } catch (error) {
    const isTaken = error instanceof FleetError && error.code === 'conflict';
    const inUse = isTaken ? await findServerInUse(config.httpServers, clock) : undefined;
    if (inUse === undefined) throw error;
    throw new FleetError('invalid', `${inUse.message}\n${messageOf(error)}`, inUse.facts, { cause: error });
  }
}

async function untilTheEnd(engine: Engine, life: Life, log: MainLogWriter['log']): Promise<void> {
  const refused = await Promise.race([life.toldToEnd, engine.refused]);
  if (refused !== undefined) {
    log('warn', 'the fleet does not take this host: stopping the programs');
    life.shutdown();
  }
  await engine.stop();
  if (refused !== undefined) throw new FleetError('invalid', refused);
}

/** What came of reading the config, in Supervisor's order: at the start, and at each reload. */
function tellOfConfig(config: ParsedConfig, privileges: PrivilegeReport, log: MainLogWriter['log']): void {
  for (const message of privileges.criticals) log('critical', message);
  for (const { message } of config.warnings) log('warn', message);
  for (const message of [...config.infos, ...privileges.infos]) log('info', message);
}

/** As loud as can be: nobody may think that what the file says is what runs. */
function tellOfBrokenFile({ problems }: Prepared, log: MainLogWriter['log']): void {
  for (const problem of problems) log('critical', formatProblem(problem));
  if (problems.length > 0) log('critical', GOES_ON);
}

/** Programs that an earlier agent left are worth more than what cannot be written down of them. */
function tellOfFullDisk({ message }: FleetError, world: RunWorld, log: MainLogWriter['log']): void {
  const text =
    `${message}. Until then nothing is written down of the programs that an agent left which was killed: they are ` +
    'supervised all the same, and an agent that is killed now leaves them as they were before';
  log('critical', text);
  world.stderr(`Warning: ${text}\n`);
}

/** @param hasPrograms they run already, and need a supervisor more than that needs its log */
function openLogs(
  { config, isForeground }: Prepared,
  world: RunWorld,
  hasPrograms: boolean,
): { files: LogFiles; mainLog: MainLog } {
  const files = new LogFiles((level, message) => mainLog.log(level, message), world.handover?.heldOutput);
  const terminal = isForeground ? world.stdout : undefined;
  const open = (daemon: DaemonSpec) =>
    openMainLog(daemon, { clock: world.clock, files, terminal, syslog: () => openSyslog('supervisord') });
  const openAny = (): MainLog => {
    try {
      return open(config.daemon);
    } catch (error) {
      if (!hasPrograms) throw error;
      world.stderr(`Warning: ${messageOf(error)}; programs run already: going on without it, until a reload\n`);
      return open({ ...config.daemon, logfile: { kind: 'file', path: '/dev/null' } });
    }
  };
  const mainLog = openAny();
  return { files, mainLog };
}

function lifeOf(engine: Engine, around: Pick<Life, 'clock' | 'files' | 'mainLog'>, adopt: LifeParts['adopt']): Life {
  const { supervisor, local, logs, bus, identifier } = engine;
  return beginLife({
    ...around,
    ...{ supervisor, local, logs, identifier, adopt },
    remoteCommunication: (type, data) => bus.remoteCommunication(type, data),
    ends: (what) => engine.ends(what),
    announce: (state) => bus.supervisorState(state),
  });
}

/** An address or a socket that cannot be had is a mistake in the config to Supervisor, which ends with 2. */
async function asMistake(open: () => void | Promise<void>): Promise<void> {
  try {
    await open();
  } catch (error) {
    if (error instanceof FleetError) throw new FleetError('invalid', error.message, error.facts, { cause: error });
    throw error;
  }
}

function daemonOf(
  { configFile, settings, isForeground }: Prepared,
  engine: Engine,
  { cwd: startedIn }: RunWorld,
): HandedDaemon {
  return { configFile, startedIn, isForeground, settings, config: handConfig(engine.configInForce()) };
}

/** What the controller is told of the upgrade that it had asked for. */
function resultOf(
  failed: Trial | undefined,
  handover: Handover | undefined,
  isOnTrial: boolean,
): UpgradeResult | undefined {
  if (failed?.command !== undefined) return { command: failed.command, result: wentBack(failed), isOnTrial: false };
  if (handover?.command === undefined) return undefined;
  return { command: handover.command, result: replaced(handover.fromVersion, version), isOnTrial };
}

function orphanReaper(log: MainLogWriter['log']): OrphanReaper {
  return new OrphanReaper((pid, exit) => {
    const { level, text } = reapedOrphan(pid, exit);
    log(level, text);
  });
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
