/** Puts the engine together: what it remembers, what it runs, what it tells the fleet. Decides nothing itself. */
import {
  type ConfigProblem,
  childServerUrl,
  type ParseContext,
  type ParsedConfig,
  type ParseResult,
} from '@fleetvisor/config';
import { type Clock, FleetError, messageOf, type Random } from '@fleetvisor/primitives';
import type { Asked } from './bridge/command-desk.ts';
import type { FleetLink } from './bridge/fleet-link.ts';
import type { Offer } from './bridge/port.ts';
import type { AgentEvent, PreviousEnd } from './events/event.ts';
import { type EventBus, openEventBus } from './events/listeners/event-bus.ts';
import { beginGroups } from './layers/begin-groups.ts';
import { afterReread, ConfigKeeper } from './layers/keep-config.ts';
import type { LocalLayer } from './layers/local-layer.ts';
import type { OneAtATime } from './layers/one-at-a-time.ts';
import { oneOfEachName } from './layers/one-of-each-name.ts';
import { openLayers } from './layers/open-layers.ts';
import { findPredecessor, type Predecessor, tracesIn, tracesWrittenDown } from './layers/predecessor.ts';
import { keepAutoLogs } from './logs/keep-auto-logs.ts';
import type { LogFiles } from './logs/log-files.ts';
import type { MainLogWriter } from './logs/main-log.ts';
import { ProcessLogFiles } from './logs/process-log-files.ts';
import { readBootId, readMachineLife } from './os/boot-id.ts';
import { inheritedEnvironment } from './os/environment.ts';
import { FcgiSockets } from './os/fcgi-sockets.ts';
import { choosePipeFolder } from './os/pipe-folder.ts';
import { openProcessHost } from './os/process-host.ts';
import { openSyslog } from './os/syslog.ts';
import type { Users } from './os/users.ts';
import type { FleetSettings } from './settings.ts';
import type { AgentDb } from './state/agent-db.ts';
import { AgentLife } from './state/agent-life.ts';
import { ConfigInForce } from './state/config-in-force.ts';
import { FleetState } from './state/fleet-state.ts';
import { forgetLife } from './state/forget-life.ts';
import { hostIdOf } from './state/identity.ts';
import { JointCommit } from './state/joint-commit.ts';
import { keepLife, type LifeKeeper } from './state/keep-life.ts';
import { keepStops } from './state/keep-stops.ts';
import { StoppedByHand } from './state/stopped-by-hand.ts';
import { watchRemoval } from './state/watch-removal.ts';
import type { ActionResult } from './supervision/action.ts';
import type { Ending } from './supervision/ending.ts';
import { outputLost } from './supervision/main-log-lines.ts';
import { startSupervisor } from './supervision/start-supervisor.ts';
import type { ProcessName } from './supervision/status.ts';
import type { Supervisor } from './supervision/supervisor.ts';
import type { HandedEngine, Handover } from './upgrade/handover.ts';
import type { UpgradeResult } from './upgrade/upgrade-result.ts';
import type { UpgradeSettlement } from './upgrade/upgrade-settlement.ts';
import { version } from './version.ts';

export interface EngineParts {
  /** Open, and its folder ours; closed by whoever opened it. */
  readonly db: AgentDb;
  readonly config: ParsedConfig;
  /** What is wrong with the config file, where `config` is what was in force before. */
  readonly problems: readonly ConfigProblem[];
  readonly settings: FleetSettings;
  /** Parses the config file as it is now. */
  readonly read: () => ParseResult;
  readonly context: ParseContext;
  readonly users: Users;
  readonly files: LogFiles;
  readonly mainLog: MainLogWriter;
  readonly clock: Clock;
  readonly random: Random;
  /** What the programs inherit. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The link's program. */
  readonly linkProgram: string;
  /** What the engine before this one has handed over in this process. */
  readonly handover: Handover | undefined;
  /** What came of the controller's command to replace the agent, where that was the end of the agent before this one. */
  readonly upgradeResult: UpgradeResult | undefined;
  /** Replaces the agent, for the controller: see `LinkedEngine`. */
  readonly upgrade: (asked: Asked) => Promise<ActionResult>;
}

/** Disposing lets go of everything and stops no program; stopping them is another verb. */
export interface Engine extends AsyncDisposable {
  readonly supervisor: Supervisor;
  readonly local: LocalLayer;
  readonly logs: ProcessLogFiles;
  readonly bus: EventBus;
  /** Of the daemon, as last read. */
  readonly identifier: () => string;
  /** What it runs with, whatever the files say by now. */
  readonly configInForce: () => ParsedConfig;
  /** The first programs start, and the link. @throws FleetError when a socket that a program needs cannot be had */
  begin(): void;
  /** A reload: what the programs have of [supervisord] and the servers, from now on. */
  adopt(config: ParsedConfig): void;
  /** The version that has taken over has lived through its trial: the controller hears that it is so. */
  upgradeHolds(): void;
  /** Stops every program in order; nothing starts any more. */
  stop(): Promise<void>;
  /** What is being stopped on purpose from now on: should the agent be killed over it, the next one begins that afresh. */
  ends(what: Ending): void;
  /** Whether a pid is of a program whose end is waited for here, and not by Node. */
  awaits(pid: number): boolean;
  /** Whoever must not be in the middle of a change of the programs takes a turn. */
  readonly changes: OneAtATime;
  /** To be replaced: says goodbye to the controller and waits for what ends by itself. */
  quiesce(): Promise<void>;
  /** It is not replaced, for this reason: goes on as before. */
  resume(reason: string): void;
  /**
   * What another life in this process goes on with; all else is in agent.db when this returns. Nothing may happen here after it.
   * @throws FleetError `unavailable` when it cannot be written down
   */
  handOver(): HandedEngine;
  /** Resolves, if ever, with why a host that has never been in the fleet is not let in. */
  readonly refused: Promise<string>;
}

/** @throws FleetError naming the folder or file that cannot be had and what to do; nothing is left open then. */
export async function startEngine(parts: EngineParts): Promise<Engine> {
  const { db, config, settings, clock, random, mainLog } = parts;
  const { log } = mainLog;
  await using house = new AsyncDisposableStack();

  const hostId = hostIdOf(db, clock, random);
  const fleet = new FleetState(db);
  const stops = new StoppedByHand(db);
  const commit = new JointCommit(db);
  // Alone there is nobody to tell of events: nothing is recorded, and the link is not even loaded.
  const inFleet = settings.endpoints.length > 0 ? await import('./in-fleet.ts') : undefined;
  const fleetRecord = inFleet && house.use(inFleet.openFleetRecord({ db, clock, random, log, commit }));
  const record = (event: AgentEvent) => fleetRecord?.record(event);

  house.use(watchRemoval(db, clock, (text) => log('critical', text)));
  // What a reload, and some of it a reread, gives other values.
  let { daemon } = config;
  let serverUrl = childServerUrl(config.httpServers);
  const identifier = () => daemon.identifier;
  const { handover } = parts;
  const bus = house.use(openEventBus({ clock, mainLog, identifier, handed: handover?.pools }));
  const syslog = () => openSyslog('supervisord');
  const logs = new ProcessLogFiles(parts.files, daemon, random, { events: bus, mainLog, syslog });
  const pipeFolder = choosePipeFolder(settings.dataDir);
  const life = new AgentLife(db, readMachineLife());
  const traces = handover === undefined ? tracesIn(pipeFolder) : tracesWrittenDown();
  const predecessor = findPredecessor(life, traces, clock);
  const fcgiSockets = new FcgiSockets(parts.users, log, handover?.fcgiSockets);
  const host = house.use(
    openProcessHost({
      ...{ pipeFolder, logs, fcgiSockets, clock, users: parts.users, serverUrl: () => serverUrl },
      environment: inheritedEnvironment(parts.env),
      adopting: predecessor.pipeLabels,
      handed: handover?.runs,
      onPipesDiscarded: () => lifeKeeper.wake(),
      onTrouble: (text) => log('critical', text),
    }),
  );
  const generation = () => fleet.facts.running;
  const events = { record };
  const beforeStop = (group: string) => bus.heard(group);
  const supervisor = house.use(startSupervisor({ clock, host, logs, mainLog, events, generation, beforeStop }));
  house.defer(supervisor.subscribe(keepAutoLogs(logs)));
  const stopKeeper = house.use(
    keepStops(supervisor, stops, { onTrouble: (text) => log('critical', `${text}; an agent that crashes forgets it`) }),
  );
  house.defer(supervisor.subscribe(stopKeeper));
  const lifeKeeper: LifeKeeper = house.use(
    keepLife({
      ...{ supervisor, life, clock, commit, autoLogs: (process) => logs.autoLogsOf(process) },
      writing: () => host.releasePipes(),
      onTrouble: (text) => log('critical', `${text}; an agent that crashes now leaves it to the next as it was before`),
    }),
  );
  house.defer(supervisor.subscribe(lifeKeeper));
  house.defer(
    supervisor.subscribe({ outputLost: (process) => tellOfLostOutput({ supervisor, record, log }, process) }),
  );
  house.defer(bus.attach(supervisor));

  const configKept = new ConfigInForce(db);
  const configKeeper = new ConfigKeeper(configKept, (text) =>
    log(
      'critical',
      `${text}; after a crash now a config file that is broken by then keeps the next agent from starting`,
    ),
  );
  const refused = Promise.withResolvers<string>();
  let link: FleetLink | undefined;
  let settlement: UpgradeSettlement | undefined;
  const { local, fleetLayer, changes } = openLayers({
    ...{ clock, supervisor, record, fleet, config, log },
    ...{ read: parts.read, context: parts.context, dataDir: settings.dataDir },
    onRead: (read) => takeUp(read),
    report: (status) => link?.report(status),
  });
  house.use(fleetLayer);

  const takeUp = (read: ParsedConfig) => {
    daemon = afterReread(daemon, read.daemon);
    logs.adopt(daemon);
    configKeeper.reread(read);
  };

  const owned = house.move();
  const startLink = () => {
    if (inFleet === undefined || fleetRecord === undefined) return;
    const linked = {
      ...{ db, clock, random, log, hostId, settings, supervisor, local, logs, fleet },
      ...{ files: parts.files, linkProgram: parts.linkProgram, refused: refused.resolve, upgrade: parts.upgrade },
      takeOffer: (offer: Offer) => fleetLayer.take(offer),
    };
    link = owned.use(inFleet.startFleetLink(linked, fleetRecord));
    settlement = inFleet.settlementOf(parts, link, fleetRecord, parts.upgradeResult);
  };
  return {
    ...{ supervisor, local, logs, bus, identifier, changes, refused: refused.promise },
    configInForce: () => configKeeper.inForce ?? config,
    begin() {
      const before = {
        previousEnd: endOf(predecessor, handover),
        previousVersion: predecessor.left?.agentVersion ?? '',
      };
      const started = { agentVersion: version, bootId: readBootId(), pid: process.pid };
      record({ kind: 'agentStarted', ...started, ...before, adopted: predecessor.livingCount });
      const { problems } = parts;
      if (problems.length > 0) {
        record({ kind: 'configChanged', to: undefined, phase: 'rejected', problems, changes: undefined });
      }
      configKeeper.tookUp(config);
      beginGroups({
        ...{ supervisor, changes, predecessor, logs, fcgiSockets, fleetLayer, log, life: lifeKeeper },
        ...{ own: oneOfEachName(config.groups), stopped: stops.all(), nocleanup: daemon.nocleanup },
        handed: handover,
      });
      supervisor.watchStragglers(handover?.stragglers ?? []);
      host.endAdoption();
      bus.endTakeOver();
      fcgiSockets.endTakeOver();
      // Before anything is started: what runs is never without its group.
      lifeKeeper.flush();
      startLink();
      const changed = (process: ProcessName) => link?.statusChanged(process);
      owned.defer(supervisor.subscribe({ statusChanged: changed, processRemoved: changed }));
    },
    adopt(anew) {
      daemon = anew.daemon;
      serverUrl = childServerUrl(anew.httpServers);
      logs.adopt(daemon);
      configKeeper.tookUp(anew);
      if (!daemon.nocleanup) logs.removeOldAutoLogs(log);
    },
    upgradeHolds: () => settlement?.settle(),
    async stop() {
      settlement?.settle(); // its trial ends well
      record({ kind: 'agentStopping', reason: 'stop' });
      await supervisor.shutdown();
      await link?.sayGoodbye('stop');
      stopKeeper.flush();
      lifeKeeper[Symbol.dispose]();
      // The next start is a person's and begins afresh, as Supervisor's does; only a crash keeps what was stopped.
      forgetLife({ stops, life, configKept }, log);
    },
    awaits: (pid) => host.awaits(pid),
    async quiesce() {
      settlement?.settle(); // it has lived until somebody wants another one
      record({ kind: 'agentStopping', reason: 'upgrade' });
      await Promise.all([link?.sayGoodbye('upgrade'), host.settled()]);
    },
    resume(reason) {
      record({ kind: 'agentWentOn', reason });
      link?.resume();
    },
    handOver() {
      // First: what comes to light by it is written down with the rest.
      const runs = host.handOver();
      const handed = {
        runs,
        fcgiSockets: fcgiSockets.handOver(),
        pools: bus.handOver(),
        stragglers: supervisor.stragglers(),
      };
      supervisor.tellHeldBack();
      stopKeeper.flush();
      // With what has happened: the two are one commit.
      if (lifeKeeper.flush() && fleetRecord?.spool.isWritten !== false) return handed;
      throw new FleetError(
        'unavailable',
        'cannot write down what runs and what has happened; see that the disk of agent.db has room',
      );
    },
    ends(ending) {
      try {
        life.setEnding(ending);
      } catch (error) {
        log('critical', `cannot write down that programs are being stopped: ${messageOf(error)}`);
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function endOf({ left }: Predecessor, handover: Handover | undefined): PreviousEnd | undefined {
  if (handover !== undefined) return 'upgrade';
  return left === undefined ? undefined : 'crash';
}

/** What a pipe holds: so much may have been in it when its last reader and its last writer were gone. */
const PIPE_BYTES = 64 * 1024;

function tellOfLostOutput(
  {
    supervisor,
    record,
    log,
  }: Pick<Engine, 'supervisor'> & Pick<MainLogWriter, 'log'> & { readonly record: (event: AgentEvent) => void },
  process: ProcessName,
): void {
  log('warn', outputLost(process.name));
  const streams =
    supervisor.spec(process)?.redirectStderr === true ? (['stdout'] as const) : (['stdout', 'stderr'] as const);
  record({ kind: 'outputLost', process, run: supervisor.status(process)?.run ?? 0, streams, bytesMax: PIPE_BYTES });
}
