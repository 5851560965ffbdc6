/** Sends signals and says what came of it. Which signal, to whom and when is for supervision to decide. */
import { constants } from 'node:os';
import { signalNumber } from '@fleetvisor/config';
import type { SignalOutcome } from '../supervision/ports.ts';
import { errnoOf } from './errno.ts';

/**
 * Sends a signal.
 * @param signal a name with or without SIG, or a number; '0' only asks whether the process is there.
 * @param toGroup to every member of the process group that `pid` leads.
 */
export function sendSignal(pid: number, signal: string, toGroup: boolean): SignalOutcome {
  // To the system 0 is our own process group, and a negative number another's.
  if (pid <= 0) return { kind: 'gone' };
  const number = signalNumber(signal);
  if (number === undefined) return { kind: 'refused', reason: `there is no signal ${signal} on this system` };
  try {
    process.kill(toGroup ? -pid : pid, number);
    return { kind: 'sent' };
  } catch (thrown) {
    return outcomeOf(errnoOf(thrown), toGroup ? `process group ${pid}` : `process ${pid}`);
  }
}

function outcomeOf(errno: string, target: string): SignalOutcome {
  if (errno === 'ESRCH') return { kind: 'gone' };
  if (errno === 'EPERM') return { kind: 'refused', reason: `no permission to signal ${target} (EPERM)` };
  return { kind: 'refused', reason: `cannot signal ${target}: ${errno}` };
}

/** The number of a signal that Node names (`SIGKILL`); 0 for one it does not know. */
export function numberOfSignal(name: NodeJS.Signals): number {
  return constants.signals[name] ?? 0;
}
