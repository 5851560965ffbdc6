/**
 * How the programs of an agent's life begin: from the config, or where another agent left them that ended without stopping
 * them. Says in the main log what was found.
 */
import { diffGroups, formatNamespec, type ProcessGroupSpec } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import type { HandedPools } from '../events/listeners/handed-pools.ts';
import type { MainLogWriter } from '../logs/main-log.ts';
import type { ProcessLogFiles } from '../logs/process-log-files.ts';
import type { FcgiSockets } from '../os/fcgi-sockets.ts';
import type { LeftLife } from '../state/agent-life.ts';
import type { LifeKeeper } from '../state/keep-life.ts';
import type { ProcessName } from '../supervision/status.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import { version } from '../version.ts';
import { addFirstGroups, goesOn } from './first-groups.ts';
import type { FleetLayer } from './fleet-layer.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { leftAlone, type Predecessor } from './predecessor.ts';

export interface BeginGroupsParts {
  readonly supervisor: Supervisor;
  readonly changes: OneAtATime;
  readonly predecessor: Predecessor;
  readonly life: Pick<LifeKeeper, 'begin'>;
  readonly logs: Pick<ProcessLogFiles, 'goOnWith' | 'removeOldAutoLogs'>;
  readonly fcgiSockets: Pick<FcgiSockets, 'probeAll'>;
  readonly fleetLayer: FleetLayer;
  /** The groups of the config file, one of each name. */
  readonly own: readonly ProcessGroupSpec[];
  /** What a person had stopped. */
  readonly stopped: readonly ProcessName[];
  readonly nocleanup: boolean;
  /** What an earlier life of the agent in this process has handed over. */
  readonly handed?: { readonly fromVersion: string; readonly pools: HandedPools } | undefined;
  readonly log: MainLogWriter['log'];
}

/** @throws FleetError when a socket that a program needs cannot be had, or agent.db cannot be written */
export function beginGroups(parts: BeginGroupsParts): void {
  const { supervisor, predecessor, life, logs, fleetLayer, own, stopped, log, handed } = parts;
  const { left, records, isAlive } = predecessor;
  keepAutoLogs(parts);
  if (!parts.nocleanup) logs.removeOldAutoLogs(log);
  const adopted = addFirstGroups({
    ...{
      supervisor,
      changes: parts.changes,
      left,
      records,
      isAlive,
      stopped,
      log,
      isListening: handed === undefined ? undefined : isListening(handed.pools),
    },
    fresh: (layer) => (layer === 'local' ? probed(parts) : fleetLayer.boot(own)),
  });
  // Nothing starts before this turn of the event loop is over: until then all is as it was left.
  const continued = left === undefined ? [] : supervisor.groups().map(({ spec }) => spec.name);
  if (!life.begin(version, continued) && left === undefined) {
    throw new FleetError('unavailable', 'cannot write down what runs: see the main log');
  }
  if (goesOn(left, 'fleet')) fleetLayer.goOn();
  if (left !== undefined || adopted.length > 0) tell(parts, adopted);
  // Over an upgrade no file has been read.
  if (left !== undefined && handed === undefined) tellOfChanges(left, own, log);
  tellOfLeftAlone(predecessor, adopted, log);
}

/** Found out now what would fail later; but not where programs run already that have the sockets. */
function probed({ own, fcgiSockets, predecessor }: BeginGroupsParts): readonly ProcessGroupSpec[] {
  if (predecessor.found.every(({ pids }) => pids.length === 0))
    for (const { processes } of own) fcgiSockets.probeAll(processes);
  return own;
}

function keepAutoLogs({ predecessor: { left, records }, own, logs }: BeginGroupsParts): void {
  const groups = [...(left?.groups ?? []).map(({ spec }) => spec), ...own];
  for (const { group, name } of groups.flatMap(({ processes }) => processes)) {
    const record = records({ group, name });
    if (record !== undefined) logs.goOnWith({ group, name }, record.autoLogs);
  }
}

/** Of an event listener: it goes on with what it had in hand. */
function isListening({ pools }: HandedPools): (process: ProcessName) => boolean {
  return ({ group, name }) => pools[group]?.listeners[name] !== undefined;
}

function tell({ predecessor: { left }, log, handed }: BeginGroupsParts, adopted: readonly ProcessName[]): void {
  const count = adopted.length === 1 ? '1 program runs' : `${adopted.length} programs run`;
  if (handed !== undefined) {
    log('info', `fleet-agent ${handed.fromVersion} was replaced by fleet-agent ${version}: ${count} on`);
    return;
  }
  const before = left === undefined ? 'an agent' : `fleet-agent ${left.agentVersion}`;
  log('warn', `${before} ended without stopping its programs: ${count} on and are supervised again`);
}

/** The files may have been edited meanwhile, for a reread that never came. */
function tellOfChanges(left: LeftLife, own: readonly ProcessGroupSpec[], log: MainLogWriter['log']): void {
  if (!goesOn(left, 'local')) return;
  const active = left.groups.filter(({ layer }) => layer === 'local').map(({ spec }) => spec);
  const { added, changed, removed } = diffGroups(active, own);
  const names = [...added, ...changed, ...removed];
  if (names.length === 0) return;
  log('warn', `the config file has changes that are not applied (${names.join(', ')}): 'update' applies them`);
}

function tellOfLeftAlone(predecessor: Predecessor, adopted: readonly ProcessName[], log: MainLogWriter['log']): void {
  const alone = leftAlone(predecessor, new Set(adopted.map(formatNamespec)));
  if (alone.length === 0) return;
  const names = alone.map(({ name, pids }) => `${name} (pid ${pids.join(', ')})`).join(', ');
  log(
    'critical',
    `processes of an earlier agent still run that belong to no program of this one: ${names}. End them by their pids`,
  );
}
