/** Joins the chunks of one snapshot. A chunk out of place ends the session: the agent begins anew. */
import { FleetError } from '@fleetvisor/primitives';
import type { ProcessStatus } from '../fleet/process-status.ts';

export interface SnapshotChunk {
  readonly version: bigint;
  readonly chunk: number;
  readonly chunkCount: number;
  readonly processes: readonly ProcessStatus[];
}

/** Far beyond what one host runs: a bound on what a host can make us hold. */
const processesMax = 100_000;

export class SnapshotAssembly {
  #version = 0n;
  #chunksHeld = 0;
  #processes: ProcessStatus[] = [];

  /**
   * @returns the whole snapshot with its last chunk; undefined before
   * @throws FleetError `invalid` when the chunk does not follow the one before it
   */
  add({ version, chunk, chunkCount, processes }: SnapshotChunk): readonly ProcessStatus[] | undefined {
    if (chunk === 0) {
      this.#version = version;
      this.#chunksHeld = 0;
      this.#processes = [];
    }
    const isNext = chunk === this.#chunksHeld && version === this.#version && chunk < chunkCount;
    if (!isNext || this.#processes.length + processes.length > processesMax) {
      const held = `version ${this.#version}, ${this.#chunksHeld} chunks, ${this.#processes.length} processes`;
      throw new FleetError(
        'invalid',
        `chunk ${chunk} of ${chunkCount} of snapshot ${version} does not fit what is held (${held})`,
      );
    }
    this.#processes.push(...processes);
    this.#chunksHeld++;
    if (this.#chunksHeld < chunkCount) return undefined;
    const whole = this.#processes;
    this.#chunksHeld = 0;
    this.#processes = [];
    return whole;
  }
}
