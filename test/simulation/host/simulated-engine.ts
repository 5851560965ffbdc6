/**
 * One life of an agent's engine: the real parts, put together as engine.ts does, over the fake operating system. What it
 * leaves out is what only real files, sockets and users would show.
 */
import { type ParseContext, parseConfig } from '@fleetvisor/config';
import { FleetError, type Random } from '@fleetvisor/primitives';
import { FleetLink } from '../../../packages/agent/src/bridge/fleet-link.ts';
import { introducer } from '../../../packages/agent/src/bridge/introduce.ts';
import type { LinkChild } from '../../../packages/agent/src/bridge/link-child.ts';
import type { AgentEvent } from '../../../packages/agent/src/events/event.ts';
import { toEventBody } from '../../../packages/agent/src/events/to-event-body.ts';
import { beginGroups } from '../../../packages/agent/src/layers/begin-groups.ts';
import { ConfigKeeper } from '../../../packages/agent/src/layers/keep-config.ts';
import { oneOfEachName } from '../../../packages/agent/src/layers/one-of-each-name.ts';
import { openLayers } from '../../../packages/agent/src/layers/open-layers.ts';
import { findPredecessor, type Traces } from '../../../packages/agent/src/layers/predecessor.ts';
import type { FleetSettings } from '../../../packages/agent/src/settings.ts';
import type { AgentDb } from '../../../packages/agent/src/state/agent-db.ts';
import { AgentLife } from '../../../packages/agent/src/state/agent-life.ts';
import type { CommandLog } from '../../../packages/agent/src/state/command-log.ts';
import { ConfigInForce } from '../../../packages/agent/src/state/config-in-force.ts';
import { FleetState } from '../../../packages/agent/src/state/fleet-state.ts';
import { hostIdOf } from '../../../packages/agent/src/state/identity.ts';
import { JointCommit } from '../../../packages/agent/src/state/joint-commit.ts';
import { keepLife, type LifeKeeper } from '../../../packages/agent/src/state/keep-life.ts';
import { keepStops } from '../../../packages/agent/src/state/keep-stops.ts';
import { Spool } from '../../../packages/agent/src/state/spool.ts';
import { StoppedByHand } from '../../../packages/agent/src/state/stopped-by-hand.ts';
import type { carryOut } from '../../../packages/agent/src/supervision/actions.ts';
import type { ProcessHost } from '../../../packages/agent/src/supervision/ports.ts';
import { startSupervisor } from '../../../packages/agent/src/supervision/start-supervisor.ts';
import type { ProcessName } from '../../../packages/agent/src/supervision/status.ts';
import type { Supervisor } from '../../../packages/agent/src/supervision/supervisor.ts';
import { FakeProcessLogs } from '../../../packages/agent/src/supervision/testing/fake-process-logs.ts';
import type { Trial } from '../../../packages/agent/src/upgrade/trial.ts';
import { TrialFile } from '../../../packages/agent/src/upgrade/trial-file.ts';
import { TrialKeeper } from '../../../packages/agent/src/upgrade/trial-keeper.ts';
import { replaced, type UpgradeResult, wentBack } from '../../../packages/agent/src/upgrade/upgrade-result.ts';
import { UpgradeSettlement } from '../../../packages/agent/src/upgrade/upgrade-settlement.ts';
import type { Life } from '../engine/life.ts';
import type { FakeOs } from './fake-os.ts';
import { FakeProcessHost } from './fake-process-host.ts';
import { type OwnDoors, ownDoors } from './own-doors.ts';
import { Replacement, type SimulatedHandover } from './replacement.ts';
import { startingConfig } from './starting-config.ts';
import type { Installed } from './versions.ts';

export type CarryOut = typeof carryOut;

export interface EngineParts {
  readonly life: Life;
  readonly os: FakeOs;
  readonly db: AgentDb;
  readonly random: Random;
  readonly settings: FleetSettings;
  readonly version: Installed;
  /** What is installed by now. */
  readonly installed: () => Installed;
  /** What another life in the same process has handed over. */
  readonly handover: SimulatedHandover | undefined;
  /** Of the upgrade before, where that has failed. */
  readonly failed: Trial | undefined;
  /** Another version goes on in this process: this life is over. */
  readonly become: (handover: SimulatedHandover) => void;
  /** The host's own supervisord.conf, as it is now. */
  readonly ownFile: () => string;
  readonly traces: Traces;
  readonly commandLog: CommandLog;
  /** Before what happened is written down; 0 as it is in earnest. */
  readonly spoolWaitMs: number;
  readonly startLink: () => LinkChild;
  /** What supervision is given for the one of this world. */
  readonly processHost: (real: ProcessHost) => ProcessHost;
  /** What carries commands out. */
  readonly carryOut: CarryOut;
  /** A command is begun. */
  readonly commandBegun: (commandId: string, verb: string) => void;
  readonly recorded: (event: AgentEvent) => void;
  readonly log: (level: string, text: string) => void;
}

export interface SimulatedEngine {
  readonly hostId: string;
  readonly supervisor: Supervisor;
  readonly spool: Spool;
  readonly fleet: FleetState;
  readonly doors: OwnDoors;
  /** `fleet-agent upgrade`. @returns why not, in words; never where it succeeds */
  upgrade(): Promise<string>;
  /** Stops every program in order and says goodbye, as SIGTERM does. */
  stop(): Promise<void>;
}

const noLogs = { goOnWith: () => {}, removeOldAutoLogs: () => {} };
const noSockets = { probeAll: () => {} };
const context: ParseContext = {
  ...{ env: {}, unknownEnv: 'error', cwd: '/', hostNodeName: 'simulated' },
  ...{ homeOf: () => undefined, readFile: () => undefined, glob: () => [] },
};

/** Begins at once, as an agent does that systemd has started. */
export function startSimulatedEngine(parts: EngineParts): SimulatedEngine {
  const { life, os, db, random, settings, log, handover } = parts;
  const { clock, defer } = life;
  const read = () => parseConfig({ file: '/etc/supervisord.conf', text: parts.ownFile() }, context);
  const { config, problems } = startingConfig(read(), db, os);
  const hostId = hostIdOf(db, clock, random);
  const fleet = new FleetState(db);
  const stops = new StoppedByHand(db);
  const configKept = new ConfigInForce(db);
  const commit = new JointCommit(db);
  const spool = new Spool(db, {
    // A break: late, and so not with the rest.
    commit: parts.spoolWaitMs > 0 ? new JointCommit(db) : commit,
    ...{ clock, random, onTrouble: (error) => log('critical', error.message) },
    defer: (run) => void life.after(parts.spoolWaitMs, run),
  });
  const record = (event: AgentEvent) => {
    spool.append(toEventBody(event));
    parts.recorded(event);
  };
  const agentLife = new AgentLife(db, os.machineLife);
  const predecessor = findPredecessor(agentLife, parts.traces, clock);
  const host = new FakeProcessHost(os, life, { areOurs: handover !== undefined, discarded: () => lifeKeeper.wake() });
  const logs = new FakeProcessLogs();
  const supervisor = startSupervisor({
    ...{ clock, logs, defer, host: parts.processHost(host), mainLog: { log }, events: { record } },
    generation: () => fleet.facts.running,
  });
  const stopKeeper = keepStops(supervisor, stops, { defer, onTrouble: (text) => log('critical', text) });
  supervisor.subscribe(stopKeeper);
  const lifeKeeper: LifeKeeper = keepLife({
    ...{ supervisor, life: agentLife, clock, defer, commit, autoLogs: () => ({}) },
    writing: () => host.releasePipes(),
    onTrouble: (text) => log('critical', text),
  });
  supervisor.subscribe(lifeKeeper);
  supervisor.subscribe({
    outputLost: (process) => record({ kind: 'outputLost', process, run: 0, streams: ['stdout'], bytesMax: 65_536 }),
  });
  const configKeeper = new ConfigKeeper(configKept, (text) => log('critical', text));
  let link: FleetLink | undefined;
  const { local, fleetLayer, changes } = openLayers({
    ...{ clock, supervisor, record, fleet, config, log, read, context, dataDir: settings.dataDir },
    onRead: (anew) => configKeeper.reread(anew),
    report: (status) => link?.report(status),
  });

  const crashed = predecessor.left === undefined ? undefined : ('crash' as const);
  const previousEnd = handover === undefined ? crashed : ('upgrade' as const);
  const before = { previousEnd, previousVersion: predecessor.left?.agentVersion ?? '' };
  const started = {
    agentVersion: parts.version.version,
    bootId: os.machineLife,
    pid: 1,
    adopted: predecessor.livingCount,
  };
  record({ kind: 'agentStarted', ...started, ...before });
  if (problems.length > 0) {
    record({ kind: 'configChanged', to: undefined, phase: 'rejected', problems, changes: undefined });
  }
  configKeeper.tookUp(config);
  beginGroups({
    ...{ supervisor, changes, predecessor, life: lifeKeeper, logs: noLogs, fcgiSockets: noSockets, fleetLayer, log },
    ...{ own: oneOfEachName(config.groups), stopped: stops.all(), nocleanup: true },
    handed: handover && { fromVersion: handover.from.version, pools: { nextSerial: 0, pools: {} } },
  });
  host.endAdoption();
  lifeKeeper.flush();
  const introduction = introducer({
    ...{ hostId, settings, clock, random, spool, fleet },
    localGroups: () => local.groups(),
  });
  link = new FleetLink({
    ...{ clock, random, log, spool, fleet, record, startLink: parts.startLink, commandLog: parts.commandLog },
    ...{ introduction, processes: () => supervisor.snapshot() },
    run: (asked) => {
      if (life.isOver) return new Promise(() => {}); // dead, whatever its code still does
      parts.commandBegun(asked.commandId, asked.action.verb);
      const upgrade = () => replacement.upgrade({ commandId: asked.commandId, actor: asked.actor });
      return parts.carryOut({ supervisor, local, upgrade }, asked.action);
    },
    openLog: () => {
      throw new Error('logs are not simulated');
    },
    takeOffer: (offer) => fleetLayer.take(offer),
    refused: (reason) => log('critical', reason),
  });
  const settlement = new UpgradeSettlement({ db, clock, link, record }, upgradeResultOf(parts, db.folder));
  const trial = new TrialKeeper(clock, db.folder, () => settlement.settle());
  const replacement = new Replacement({
    ...{ life, random, changes, folder: db.folder, machineLife: os.machineLife },
    ...{ own: parts.version, installed: parts.installed, become: parts.become, resume: () => link?.resume() },
    isShuttingDown: () => supervisor.isShuttingDown,
    quiesce: async () => {
      settlement.settle();
      record({ kind: 'agentStopping', reason: 'upgrade' });
      await link?.sayGoodbye('upgrade');
    },
    handOver: () => {
      supervisor.tellHeldBack();
      stopKeeper.flush();
      if (!lifeKeeper.flush() || !spool.isWritten) throw new FleetError('unavailable', 'cannot write down what runs');
    },
  });
  const changed = (process: ProcessName) => link?.statusChanged(process);
  supervisor.subscribe({ statusChanged: changed, processRemoved: changed });

  return {
    ...{ hostId, supervisor, spool, fleet },
    doors: ownDoors({
      ...{ local, agentLife, isShuttingDown: () => supervisor.isShuttingDown },
      tookUp: (anew) => configKeeper.tookUp(anew),
    }),
    upgrade: async () => (await replacement.upgrade(undefined)).message,
    async stop() {
      agentLife.setEnding('everything');
      settlement.settle();
      record({ kind: 'agentStopping', reason: 'stop' });
      await supervisor.shutdown();
      await link?.sayGoodbye('stop');
      stopKeeper.flush();
      lifeKeeper[Symbol.dispose]();
      if (stops.all().length > 0) stops.clear();
      agentLife.end();
      configKept.forget();
      await spool[Symbol.asyncDispose]();
      trial.end();
    },
  };
}

/** What the controller is told of the upgrade that it had asked for. */
function upgradeResultOf({ handover, failed, version }: EngineParts, folder: string): UpgradeResult | undefined {
  if (failed?.command !== undefined) return { command: failed.command, result: wentBack(failed), isOnTrial: false };
  if (handover?.command === undefined) return undefined;
  const result = replaced(handover.from.version, version.version);
  return { command: handover.command, result, isOnTrial: new TrialFile(folder).isOn };
}
