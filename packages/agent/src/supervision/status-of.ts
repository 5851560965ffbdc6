/** The status of a process at one moment, put together from its state, what is remembered of its runs, and its spec. */
import type { Clock } from '@fleetvisor/primitives';
import { describe } from './describe.ts';
import type { ProcessLogs } from './ports.ts';
import { childOf, isStoppedByHand, spawnErrorOf } from './process/state.ts';
import type { Layer, ProcessStatus } from './status.ts';
import type { SupervisedProcess } from './supervised-process.ts';

export function statusOf(process: SupervisedProcess, layer: Layer, clock: Clock, logs: ProcessLogs): ProcessStatus {
  const { state, facts, spec, name } = process;
  const child = childOf(state);
  const pid = child?.pid ?? 0;
  const uptimeUs = child === undefined ? 0 : Math.max(0, clock.now() - child.since);
  const wasAttempted = state.name !== 'STOPPED' || state.wasAttempted;
  const spawnError = spawnErrorOf(state);
  return {
    process: name,
    state: state.name,
    layer,
    run: wasAttempted ? state.run : 0,
    pid,
    ...facts,
    uptimeUs,
    spawnError,
    description: describe({
      name: name.name,
      state: state.name,
      pid,
      uptimeUs,
      spawnError,
      wasAttempted,
      stoppedAtUs: facts.stoppedAtUs,
    }),
    stdoutLogfile: logs.pathOf(spec, 'stdout') ?? '',
    stderrLogfile: logs.pathOf(spec, 'stderr') ?? '',
    stoppedByHand: isStoppedByHand(state),
  };
}
