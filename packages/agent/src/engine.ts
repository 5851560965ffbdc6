/** Puts the engine together: what it remembers, what it runs, what it tells the fleet. Decides nothing itself. */
import {
  childServerUrl,
  type DaemonSpec,
  type ParseContext,
  type ParsedConfig,
  type ParseResult,
} from '@fleetvisor/config';
import { type Clock, messageOf, type Random } from '@fleetvisor/primitives';
import type { FleetLink } from './bridge/fleet-link.ts';
import type { Offer } from './bridge/port.ts';
import type { AgentEvent } from './events/event.ts';
import { type EventBus, openEventBus } from './events/listeners/event-bus.ts';
import type { LocalLayer } from './layers/local-layer.ts';
import { oneOfEachName } from './layers/one-of-each-name.ts';
import { openLayers } from './layers/open-layers.ts';
import { startGroups } from './layers/start-groups.ts';
import { keepAutoLogs } from './logs/keep-auto-logs.ts';
import type { LogFiles } from './logs/log-files.ts';
import type { MainLogWriter } from './logs/main-log.ts';
import { ProcessLogFiles } from './logs/process-log-files.ts';
import { readBootId } from './os/boot-id.ts';
import { inheritedEnvironment } from './os/environment.ts';
import { FcgiSockets } from './os/fcgi-sockets.ts';
import { findLeftBehind, type LeftBehind } from './os/left-behind.ts';
import { choosePipeFolder } from './os/pipe-folder.ts';
import { openProcessHost } from './os/process-host.ts';
import { openSyslog } from './os/syslog.ts';
import type { Users } from './os/users.ts';
import type { FleetSettings } from './settings.ts';
import type { AgentDb } from './state/agent-db.ts';
import { FleetState } from './state/fleet-state.ts';
import { hostIdOf } from './state/identity.ts';
import { keepStops } from './state/keep-stops.ts';
import { StoppedByHand } from './state/stopped-by-hand.ts';
import { watchRemoval } from './state/watch-removal.ts';
import { startSupervisor } from './supervision/start-supervisor.ts';
import type { ProcessName } from './supervision/status.ts';
import type { Supervisor } from './supervision/supervisor.ts';
import { version } from './version.ts';

export interface EngineParts {
  /** Open, and its folder ours; closed by whoever opened it. */
  readonly db: AgentDb;
  readonly config: ParsedConfig;
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
}

/** Disposing lets go of everything and stops no program; stopping them is another verb. */
export interface Engine extends AsyncDisposable {
  readonly supervisor: Supervisor;
  readonly local: LocalLayer;
  readonly logs: ProcessLogFiles;
  readonly bus: EventBus;
  /** Of the daemon, as last read. */
  readonly identifier: () => string;
  /** The first programs start, and the link. @throws FleetError when a socket that a program needs cannot be had */
  begin(): void;
  /** A reload: what the programs have of [supervisord] and the servers, from now on. */
  adopt(config: ParsedConfig): void;
  /** Stops every program in order; nothing starts any more. */
  stop(): Promise<void>;
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
  // Alone there is nobody to tell of events: nothing is recorded, and the link is not even loaded.
  const inFleet = settings.endpoints.length > 0 ? await import('./in-fleet.ts') : undefined;
  const fleetRecord = inFleet && house.use(inFleet.openFleetRecord({ db, clock, random, log }));
  const record = (event: AgentEvent) => fleetRecord?.record(event);

  house.use(watchRemoval(db, clock, (text) => log('critical', text)));
  // What a reload, and some of it a reread, gives other values.
  let { daemon } = config;
  let serverUrl = childServerUrl(config.httpServers);
  const identifier = () => daemon.identifier;
  const bus = house.use(openEventBus({ clock, mainLog, identifier }));
  const syslog = () => openSyslog('supervisord');
  const logs = new ProcessLogFiles(parts.files, daemon, random, { events: bus, mainLog, syslog });
  const pipeFolder = choosePipeFolder(settings.dataDir);
  warnOfLeftBehind(findLeftBehind(pipeFolder), log);
  const fcgiSockets = new FcgiSockets(parts.users, log);
  const host = house.use(
    openProcessHost({
      ...{ pipeFolder, logs, fcgiSockets, clock, users: parts.users, serverUrl: () => serverUrl },
      environment: inheritedEnvironment(parts.env),
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
  house.defer(bus.attach(supervisor));

  const refused = Promise.withResolvers<string>();
  let link: FleetLink | undefined;
  const { local, fleetLayer } = openLayers({
    ...{ supervisor, record, fleet, config, log },
    ...{ read: parts.read, context: parts.context, dataDir: settings.dataDir },
    onRead: (read) => takeUp(read.daemon),
    report: (status) => link?.report(status),
  });

  /** A reread takes these up at once, as in Supervisor (trap 34); where its own log and pidfile are does not move under it. */
  const takeUp = ({ identifier, stripAnsi, childlogdir }: DaemonSpec) => {
    daemon = { ...daemon, identifier, stripAnsi, childlogdir };
    logs.adopt(daemon);
  };

  const owned = house.move();
  return {
    ...{ supervisor, local, logs, bus, identifier, refused: refused.promise },
    begin() {
      if (!daemon.nocleanup) logs.removeOldAutoLogs(log);
      const life = { previousEnd: undefined, adopted: 0, previousVersion: '' };
      record({ kind: 'agentStarted', agentVersion: version, bootId: readBootId(), pid: process.pid, ...life });
      const own = oneOfEachName(config.groups);
      for (const { processes } of own) fcgiSockets.probeAll(processes);
      startGroups(supervisor, own, fleetLayer.boot(own), stops.all());
      if (inFleet === undefined || fleetRecord === undefined) return;
      const linked = {
        ...{ db, clock, random, log, hostId, settings, supervisor, local, logs, fleet },
        ...{ files: parts.files, linkProgram: parts.linkProgram, refused: refused.resolve },
        takeOffer: (offer: Offer) => fleetLayer.take(offer),
      };
      link = owned.use(inFleet.startFleetLink(linked, fleetRecord));
      const changed = (process: ProcessName) => link?.statusChanged(process);
      owned.defer(supervisor.subscribe({ statusChanged: changed, processRemoved: changed }));
    },
    adopt(anew) {
      daemon = anew.daemon;
      serverUrl = childServerUrl(anew.httpServers);
      logs.adopt(daemon);
      if (!daemon.nocleanup) logs.removeOldAutoLogs(log);
    },
    async stop() {
      record({ kind: 'agentStopping', reason: 'stop' });
      await supervisor.shutdown();
      await link?.sayGoodbye('stop');
      stopKeeper.flush();
      // The next start is a person's and begins afresh, as Supervisor's does; only a crash keeps what was stopped.
      forget(stops, log);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** All is stopped by then: a disk that refuses makes no failure of it. */
function forget(stops: StoppedByHand, log: MainLogWriter['log']): void {
  if (stops.all().length === 0) return;
  try {
    stops.clear();
  } catch (error) {
    log('critical', `cannot forget what was stopped by hand: ${messageOf(error)}; the next agent keeps it stopped`);
  }
}

/** An agent that is killed leaves its programs running, as supervisord does. */
function warnOfLeftBehind(left: readonly LeftBehind[], log: MainLogWriter['log']): void {
  if (left.length === 0) return;
  const names = left.map(({ name, pids }) => `${name} (pid ${pids.join(', ')})`).join(', ');
  log(
    'critical',
    `programs of an agent that ended without stopping them still run: ${names}. Nobody supervises them, and their output ` +
      'goes nowhere; those that start by themselves are started a second time. End the old ones by their pids',
  );
}
