/** A process as fleetctl shows it. These fields are what `-o json` prints: adding one is fine, renaming one is not. */
import type { Host } from './host.ts';

/** Supervisor's states. UNKNOWN also stands for every process of a host that is not heard of. */
export type ProcessState = 'STOPPED' | 'STARTING' | 'RUNNING' | 'BACKOFF' | 'STOPPING' | 'EXITED' | 'FATAL' | 'UNKNOWN';

export interface ProcessName {
  readonly group: string;
  readonly name: string;
}

/** How a run ended; `unknown` where nobody could learn it. */
export type Exit =
  | { readonly how: 'code'; readonly code: number }
  | { readonly how: 'signal'; readonly signal: number; readonly coreDumped: boolean }
  | { readonly how: 'unknown' };

export type Layer = 'local' | 'fleet' | 'unknown';
export type LogStream = 'stdout' | 'stderr';

export interface ProcessStatus extends ProcessName {
  readonly state: ProcessState;
  /** What supervisorctl shows behind the state. */
  readonly description: string;
  readonly layer: Layer;
  readonly run: number;
  readonly pid: number | undefined;
  /** Of the present run, at the moment of answering. */
  readonly uptimeMs: number | undefined;
  readonly startedAt: Date | undefined;
  readonly stoppedAt: Date | undefined;
  readonly lastExit: Exit | undefined;
  readonly spawnError: string | undefined;
  readonly stdoutLogfile: string;
  readonly stderrLogfile: string;
  readonly crashCount: number;
  readonly stoppedByHand: boolean;
  /** Of a host that is not heard of: what it reported last. */
  readonly lastKnown: { readonly state: ProcessState; readonly description: string } | undefined;
}

export interface HostProcesses {
  readonly host: Host;
  /** How long the host has been silent. */
  readonly ageMs: number;
  readonly processes: readonly ProcessStatus[];
}

/** The answer to "which processes are there". */
export type ProcessListing =
  | ({ readonly kind: 'host' } & HostProcesses)
  /** Targets that name nothing on any host in scope; comes last. */
  | { readonly kind: 'unmatched'; readonly targets: readonly string[] };

/** Supervisorctl's own view: in these states a process counts as up. */
export function isUp(state: ProcessState): boolean {
  return state === 'RUNNING' || state === 'STARTING' || state === 'BACKOFF' || state === 'STOPPING';
}
