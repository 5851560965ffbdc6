/** When a request has been met, and with what result: Supervisor's waiting rules, answered by events. Pure. */
import { assertNever } from '@fleetvisor/primitives';
import { isAboutToStart, isStopped, type ProcessState } from './process/state.ts';

export type StartVerdict = 'started' | 'spawn-error' | 'abnormal-termination';

/**
 * What came of a start; undefined while that is open. The first quick exit is the answer although retries go on, and a
 * run that ended as expected, or was stopped by somebody, is an abnormal termination: Supervisor says so too.
 */
export function startVerdict(state: ProcessState | undefined): StartVerdict | undefined {
  if (state === undefined) return 'abnormal-termination';
  if (isAboutToStart(state)) return undefined;
  switch (state.name) {
    case 'STARTING':
      return undefined;
    case 'RUNNING':
      return 'started';
    case 'BACKOFF':
    case 'FATAL':
      return 'spawn-error';
    case 'EXITED':
      return state.spawnError === '' ? 'abnormal-termination' : 'spawn-error';
    case 'STOPPED':
    case 'STOPPING':
    case 'UNKNOWN':
      return 'abnormal-termination';
    default:
      return assertNever(state);
  }
}

/** Stopped is what the stopped set holds, and what is no more. */
export function stopVerdict(state: ProcessState | undefined): 'stopped' | undefined {
  return state === undefined || (isStopped(state) && !isAboutToStart(state)) ? 'stopped' : undefined;
}
