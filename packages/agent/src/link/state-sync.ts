/**
 * The process table on its way to the controller: a snapshot, then deltas that build on each other. While the link is slow
 * they are merged, so that only the newest status of each process waits. Pure.
 */
import type { SessionRequest } from '@fleetvisor/protocol/link';
import type { EngineMessage } from '../bridge/port.ts';
import type { ProcessName, ProcessStatus } from '../supervision/status.ts';
import { statusBytes, statusChunks, statusToWire } from './status-to-wire.ts';

type Snapshot = EngineMessage & { kind: 'snapshot' };
type Delta = EngineMessage & { kind: 'delta' };

/** Of one message: far below the 4 MiB that gRPC carries, for texts may take three bytes a letter. */
const messageBytesMax = 512 * 1024;

export class StateSync {
  /** What the engine said last; -1 while a snapshot is awaited, and then deltas mean nothing. */
  #version = -1;
  #held: readonly ProcessStatus[] = [];
  /** The controller may be sent state now. */
  #isLive = false;
  #chunks: SessionRequest[] = [];
  /** The version of what has been said to the controller, on which the next delta builds. */
  #base = -1;
  #upserts = new Map<string, ProcessStatus>();
  #removals = new Map<string, ProcessName>();

  /** The version that the controller holds once it has read all that was sent; 0 when there is none. */
  get saidVersion(): number {
    return Math.max(0, this.#base);
  }

  /** A table is here, to say Hello with. */
  get isFilled(): boolean {
    return this.#version >= 0;
  }

  /** The session stands. @param isSnapshotWanted the controller does not hold the table as it was at Hello. */
  begin(isSnapshotWanted: boolean): void {
    this.#isLive = true;
    if (isSnapshotWanted) this.#queueSnapshot(this.#base, this.#held);
    this.#held = [];
  }

  /** The engine has been asked for the table anew: all that waits is worth nothing. */
  awaitSnapshot(): void {
    this.#version = -1;
    this.#chunks = [];
    this.#clearDelta();
  }

  takeSnapshot({ version, processes }: Snapshot): void {
    this.awaitSnapshot();
    this.#version = version;
    this.#base = version;
    if (this.#isLive) this.#queueSnapshot(version, processes);
    else this.#held = processes;
  }

  /** @returns false when the table must be asked for anew: something is missing, or the changes are as large as the table. */
  takeDelta({ base, version, upserts, removals }: Delta): boolean {
    if (this.#version < 0) return true;
    if (base !== this.#version) return false;
    this.#version = version;
    for (const status of upserts) {
      this.#upserts.set(keyOf(status.process), status);
      this.#removals.delete(keyOf(status.process));
    }
    for (const process of removals) {
      this.#upserts.delete(keyOf(process));
      this.#removals.set(keyOf(process), process);
    }
    const bytes = this.#upserts.values().reduce((sum, status) => sum + statusBytes(status), 0);
    return bytes <= messageBytesMax;
  }

  /** The next message, made only now so that what came meanwhile is in it; undefined when there is nothing to say. */
  next(): SessionRequest | undefined {
    if (!this.#isLive) return undefined;
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) return chunk;
    if (this.#version < 0 || this.#version === this.#base) return undefined;
    const delta: SessionRequest = {
      body: {
        $case: 'delta',
        value: {
          base: BigInt(this.#base),
          version: BigInt(this.#version),
          upserts: [...this.#upserts.values()].map(statusToWire),
          removals: [...this.#removals.values()],
        },
      },
    };
    this.#base = this.#version;
    this.#clearDelta();
    return delta;
  }

  #queueSnapshot(version: number, processes: readonly ProcessStatus[]): void {
    const chunks = statusChunks(processes, messageBytesMax);
    this.#chunks = chunks.map((statuses, chunk) => ({
      body: {
        $case: 'snapshot',
        value: {
          version: BigInt(version),
          chunk,
          chunkCount: chunks.length,
          processes: statuses.map(statusToWire),
        },
      },
    }));
  }

  #clearDelta(): void {
    this.#upserts = new Map();
    this.#removals = new Map();
  }
}

function keyOf({ group, name }: ProcessName): string {
  return `${group}:${name}`;
}
