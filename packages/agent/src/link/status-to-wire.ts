/** The status of processes in the words of the wire, in messages that are never too large for it. Pure. */
import {
  type Exit as WireExit,
  Layer as WireLayer,
  ProcessState as WireState,
  type ProcessStatus as WireStatus,
} from '@fleetvisor/protocol/common';
import type { Exit } from '../supervision/process/exit.ts';
import type { ProcessStatus, StateName } from '../supervision/status.ts';

const wireStates = {
  STOPPED: WireState.STOPPED,
  STARTING: WireState.STARTING,
  RUNNING: WireState.RUNNING,
  BACKOFF: WireState.BACKOFF,
  STOPPING: WireState.STOPPING,
  EXITED: WireState.EXITED,
  FATAL: WireState.FATAL,
  UNKNOWN: WireState.UNKNOWN,
} as const satisfies Record<StateName, WireState>;

const wireLayers = { local: WireLayer.LOCAL, fleet: WireLayer.FLEET } as const;

export function statusToWire(status: ProcessStatus): WireStatus {
  return {
    process: status.process,
    state: wireStates[status.state],
    layer: wireLayers[status.layer],
    run: BigInt(status.run),
    pid: status.pid,
    startedAtUs: status.startedAtUs,
    stoppedAtUs: status.stoppedAtUs,
    uptimeUs: BigInt(Math.round(status.uptimeUs)),
    lastExit: status.lastExit === undefined ? undefined : exitToWire(status.lastExit),
    spawnError: status.spawnError,
    description: status.description,
    stdoutLogfile: status.stdoutLogfile,
    stderrLogfile: status.stderrLogfile,
    crashCount: BigInt(status.crashCount),
    stoppedByHand: status.stoppedByHand,
  };
}

function exitToWire(exit: Exit): WireExit {
  switch (exit.kind) {
    case 'code':
      return { how: { $case: 'code', value: exit.code }, coreDumped: false };
    case 'signal':
      return { how: { $case: 'signal', value: exit.number }, coreDumped: exit.coreDumped };
    case 'unknown':
      return { how: { $case: 'unknown', value: true }, coreDumped: false };
  }
}

/** About how many bytes the status makes: an estimate from above for plain text. */
export function statusBytes({ process, ...status }: ProcessStatus): number {
  const texts = [process.group, process.name, status.spawnError, status.description];
  const paths = [status.stdoutLogfile, status.stderrLogfile];
  return [...texts, ...paths].reduce((sum, text) => sum + text.length, 128);
}

/** In order, in chunks of about `bytesMax`; one empty chunk when there is none. */
export function statusChunks(statuses: readonly ProcessStatus[], bytesMax: number): ProcessStatus[][] {
  const chunks: ProcessStatus[][] = [[]];
  let bytes = 0;
  for (const status of statuses) {
    bytes += statusBytes(status);
    if (bytes > bytesMax && chunks.at(-1)?.length !== 0) {
      chunks.push([]);
      bytes = statusBytes(status);
    }
    chunks.at(-1)?.push(status);
  }
  return chunks;
}
