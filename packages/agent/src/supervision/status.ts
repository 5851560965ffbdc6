/** What the outside may know of a process: a value, taken at one moment. */
import type { Exit } from './process/exit.ts';

export type StateName = 'STOPPED' | 'STARTING' | 'RUNNING' | 'BACKOFF' | 'STOPPING' | 'EXITED' | 'FATAL' | 'UNKNOWN';

export type Layer = 'local' | 'fleet';

export interface ProcessName {
  readonly group: string;
  readonly name: string;
}

export interface ProcessStatus {
  readonly process: ProcessName;
  readonly state: StateName;
  readonly layer: Layer;
  /** Number of the present or last launch; 0 when it never ran. */
  readonly run: number;
  /** 0 without a child. */
  readonly pid: number;
  /** Unix microseconds; 0n when it never ran. */
  readonly startedAtUs: bigint;
  /** Unix microseconds; 0n when no run has ended. */
  readonly stoppedAtUs: bigint;
  /** Of the present run by the monotonic clock, at the moment of the status; 0 without a child. */
  readonly uptimeUs: number;
  readonly lastExit: Exit | undefined;
  readonly spawnError: string;
  /** Supervisor's description. */
  readonly description: string;
  /** Empty when there is none. */
  readonly stdoutLogfile: string;
  readonly stderrLogfile: string;
  readonly crashCount: number;
  /** Also while it is still on its way down. */
  readonly stoppedByHand: boolean;
}
