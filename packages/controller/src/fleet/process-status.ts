/** What the controller knows of one process on one host, in the domain's words. Knows nothing of how it came here. */
import type { ProcessName } from '@fleetvisor/config';

export type ProcessStateName =
  | 'STOPPED'
  | 'STARTING'
  | 'RUNNING'
  | 'BACKOFF'
  | 'STOPPING'
  | 'EXITED'
  | 'FATAL'
  | 'UNKNOWN';

/** Where the program's definition lives on its host. */
export type Layer = 'local' | 'fleet';

export type { ProcessName };

/** How a run ended. */
export type Exit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly number: number; readonly coreDumped: boolean }
  /** Nobody could learn how; never invented. */
  | { readonly kind: 'unknown' };

export interface ProcessStatus {
  readonly process: ProcessName;
  readonly state: ProcessStateName;
  readonly layer: Layer;
  /** Number of the present or last launch on its host; 0n when it never ran. */
  readonly run: bigint;
  /** 0 without a child. */
  readonly pid: number;
  /** By the host's wall clock; 0n when it never ran. */
  readonly startedAtUs: bigint;
  /** By the host's wall clock; 0n when no run has ended. */
  readonly stoppedAtUs: bigint;
  /** Of the present run; 0n without a child. In what `LiveFleet` answers: as of the moment of answering. */
  readonly uptimeUs: bigint;
  readonly lastExit: Exit | undefined;
  /** Why the last start failed, in Supervisor's words; empty otherwise. */
  readonly spawnError: string;
  /** What supervisorctl shows behind the state. In what `LiveFleet` answers: as of the moment of answering. */
  readonly description: string;
  /** Empty when there is none. */
  readonly stdoutLogfile: string;
  readonly stderrLogfile: string;
  readonly crashCount: bigint;
  readonly stoppedByHand: boolean;
}

/** `group:name`: one text per process of a host. */
export function processKey(process: ProcessName): string {
  return `${process.group}:${process.name}`;
}
