/** The processes of one host as its agent last told: a snapshot, then deltas that name the version they build on. */
import type { Instant } from '@fleetvisor/primitives';
import { type ReceivedStatus, statusAt } from './aged-status.ts';
import { type ProcessName, type ProcessStatus, processKey } from './process-status.ts';

export interface StateDelta {
  readonly base: bigint;
  readonly version: bigint;
  readonly upserts: readonly ProcessStatus[];
  readonly removals: readonly ProcessName[];
}

export class ProcessTable {
  #version: bigint | undefined;
  #rows = new Map<string, ReceivedStatus>();

  /** undefined before the first snapshot. */
  get version(): bigint | undefined {
    return this.#version;
  }

  get size(): number {
    return this.#rows.size;
  }

  get runningCount(): number {
    return this.#rows.values().reduce((count, { status }) => count + (status.state === 'RUNNING' ? 1 : 0), 0);
  }

  replace(version: bigint, processes: readonly ProcessStatus[], now: Instant): void {
    this.#version = version;
    this.#rows = new Map(processes.map((status) => [processKey(status.process), { status, receivedAtUs: now }]));
  }

  /** False when the delta does not build on what is held: nothing is changed, and only a snapshot helps. */
  apply(delta: StateDelta, now: Instant): boolean {
    if (this.#version === undefined || delta.base !== this.#version) return false;
    this.#version = delta.version;
    for (const process of delta.removals) this.#rows.delete(processKey(process));
    for (const status of delta.upserts) this.#rows.set(processKey(status.process), { status, receivedAtUs: now });
    return true;
  }

  /** The statuses as of an instant, in order of group and name; never as of before they came. */
  at(now: Instant): readonly ProcessStatus[] {
    const inOrder = [...this.#rows].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return inOrder.map(([, row]) => statusAt(row, now));
  }
}
