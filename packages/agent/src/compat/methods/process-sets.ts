/** Supervisor's sets of states, as the outside sees a process: which requests it qualifies for. Pure. */
import type { ProcessStatus, StateName } from '../../supervision/status.ts';

/** The numbers that clients know the states by. */
export const stateCodes = {
  STOPPED: 0,
  STARTING: 10,
  RUNNING: 20,
  BACKOFF: 30,
  STOPPING: 40,
  EXITED: 100,
  FATAL: 200,
  UNKNOWN: 1000,
} as const satisfies Record<StateName, number>;

/** A start has nothing to do. */
export function isInRunningSet(status: ProcessStatus | undefined): boolean {
  return status?.state === 'STARTING' || status?.state === 'RUNNING' || status?.state === 'BACKOFF';
}

/** It has a child that can be sent a signal. */
export function isSignallable(status: ProcessStatus | undefined): boolean {
  return status?.state === 'STARTING' || status?.state === 'RUNNING' || status?.state === 'STOPPING';
}
