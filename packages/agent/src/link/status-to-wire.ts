/** The status of processes in the words of the wire, in messages that are never too large for it. Pure. */
import type { ProcessStatus as WireStatus } from '@fleetvisor/protocol/common';
import type { ProcessStatus } from '../supervision/status.ts';
import { exitToWire, layers, states } from '../wire/to-wire.ts';

export function statusToWire(status: ProcessStatus): WireStatus {
  return {
    process: status.process,
    state: states[status.state],
    layer: layers[status.layer],
    run: BigInt(status.run),
    pid: status.pid,
    startedAtUs: status.startedAtUs,
    stoppedAtUs: status.stoppedAtUs,
    uptimeUs: BigInt(Math.round(status.uptimeUs)),
    lastExit: exitToWire(status.lastExit),
    spawnError: status.spawnError,
    description: status.description,
    stdoutLogfile: status.stdoutLogfile,
    stderrLogfile: status.stderrLogfile,
    crashCount: BigInt(status.crashCount),
    stoppedByHand: status.stoppedByHand,
  };
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
