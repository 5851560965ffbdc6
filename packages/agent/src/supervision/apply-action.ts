/** Carries out one step of a plan on the running processes. What to do was decided by the plan; this only waits and does. */
import type { ProcessGroupSpec, ProcessSpec } from '@fleetvisor/config';
import { formatNamespec } from '@fleetvisor/config';
import { assertNever, FleetError } from '@fleetvisor/primitives';
import type { TargetResult } from './action.ts';
import { byPriority } from './order.ts';
import type { PlannedAction } from './plan-action.ts';
import { isAboutToStart, isUp } from './process/state.ts';
import type { ProcessTable } from './process-table.ts';
import { type RequestWorld, startProcess, stopProcess, untilStopped } from './requests.ts';
import type { Layer, ProcessName } from './status.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import type { Applied } from './supervisor.ts';
import { startResult, stopResult } from './target-results.ts';
import { startVerdict } from './verdicts.ts';

/** @throws FleetError `not_found` or `conflict` when things are no longer as the plan had them */
export async function applyAction(
  world: RequestWorld,
  table: ProcessTable,
  action: PlannedAction,
  layer: Layer,
): Promise<Applied> {
  switch (action.kind) {
    case 'add-group':
      table.addGroup(action.group, layer);
      return { results: [], settled: settle(table.group(action.group.name).processes) };
    case 'remove-group':
      return done(await removeGroup(world, table, action.name, layer));
    case 'replace-group': {
      const results = await removeGroup(world, table, action.group.name, layer);
      table.addGroup(action.group, layer);
      return { results, settled: settle(table.group(action.group.name).processes) };
    }
    case 'add-process':
      table.addProcess(action.group, action.spec);
      return { results: [], settled: settle([find(table, action.spec)]) };
    case 'remove-process': {
      const process = find(table, action.process);
      const results = await stopAll(world, [process]);
      table.removeProcess(action.group, process);
      return done(results);
    }
    case 'restart-process':
      return restartProcess(world, find(table, action.spec), action.spec);
    case 'adjust-process': {
      const process = find(table, action.spec);
      process.adjust(action.spec);
      if (action.changed.includes('autostart')) process.feed({ kind: 'autostart' });
      return { results: [], settled: settle([process]) };
    }
    case 'adjust-group':
      table.adjustGroup(action.group);
      return done([]);
    default:
      return assertNever(action);
  }
}

async function removeGroup(
  world: RequestWorld,
  table: ProcessTable,
  name: ProcessGroupSpec['name'],
  layer: Layer,
): Promise<TargetResult[]> {
  const group = table.group(name);
  if (group.layer !== layer) {
    const message = `cannot remove process group ${name}: it belongs to the ${group.layer} layer`;
    throw new FleetError('conflict', message, { group: name });
  }
  const results = await stopAll(world, byPriority(group.processes));
  table.removeGroup(name);
  return results;
}

async function restartProcess(world: RequestWorld, process: SupervisedProcess, spec: ProcessSpec): Promise<Applied> {
  const { state } = process;
  const wasUp = isUp(state) || (state.name === 'STOPPING' && state.cause === 'restart');
  const stopped = await stopAll(world, [process], 'restart');
  process.adjust(spec);
  if (!wasUp && !spec.autostart) return done(stopped);
  const started = startProcess(world, process, 'plan').then((result) => [startResult(process.name, result)]);
  return { results: stopped, settled: started };
}

/** All at once; those that are being stopped by somebody else are waited for too. */
async function stopAll(
  world: RequestWorld,
  processes: readonly SupervisedProcess[],
  cause: 'plan' | 'restart' = 'plan',
): Promise<TargetResult[]> {
  const results = await Promise.all(
    processes.map(async (process) => {
      const result = await stopProcess(world, process, cause);
      await untilStopped(world, process);
      return result === 'stopped' ? [stopResult(process.name, result)] : [];
    }),
  );
  return results.flat();
}

/** What became of those of the processes that are about to start by themselves. */
async function settle(processes: readonly SupervisedProcess[]): Promise<TargetResult[]> {
  const starting = processes.filter(({ state }) => isAboutToStart(state));
  return Promise.all(starting.map(async (process) => startResult(process.name, await process.until(startVerdict))));
}

function find(table: ProcessTable, name: ProcessName): SupervisedProcess {
  const process = table.process(name);
  if (process !== undefined) return process;
  throw new FleetError('not_found', `there is no process ${formatNamespec(name)}`, {
    group: name.group,
    name: name.name,
  });
}

function done(results: readonly TargetResult[]): Applied {
  return { results, settled: Promise.resolve([]) };
}
