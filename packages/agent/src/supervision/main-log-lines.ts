/** The lines that supervision writes to the main log: Supervisor's own texts, which log watchers match on. Pure. */
import { pythonRepr, signalName } from '@fleetvisor/config';
import type { Exit } from './process/exit.ts';

/** Supervisor's levels that supervision uses. */
export type MainLogLevel = 'critical' | 'warn' | 'info' | 'debug';

export interface MainLogLine {
  readonly level: MainLogLevel;
  readonly text: string;
}

/** The daemon's own log. */
export interface MainLog {
  log(level: MainLogLevel, text: string): void;
}

/** @param name of the process without its group, in all of these, as Supervisor writes it */
export function spawned(name: string, pid: number): MainLogLine {
  return { level: 'info', text: `spawned: ${pythonRepr(name)} with pid ${pid}` };
}

export function spawnFailed(spawnError: string): MainLogLine {
  return { level: 'info', text: `spawnerr: ${spawnError}` };
}

export function enteredRunning(name: string, startsecs: number): MainLogLine {
  const text = `success: ${name} entered RUNNING state, process has stayed up for > than ${startsecs} seconds (startsecs)`;
  return { level: 'info', text };
}

export function exited(name: string, exit: Exit, expected: boolean): MainLogLine {
  const judgement = expected ? 'expected' : 'not expected';
  return { level: expected ? 'info' : 'warn', text: `exited: ${name} (${describeExit(exit)}; ${judgement})` };
}

export function gaveUp(name: string): MainLogLine {
  return { level: 'info', text: `gave up: ${name} entered FATAL state, too many start retries too quickly` };
}

export function stopped(name: string, exit: Exit, expected: boolean): MainLogLine {
  return { level: expected ? 'info' : 'warn', text: `stopped: ${name} (${describeExit(exit)})` };
}

export function killing(name: string, pid: number, signal: string, toGroup: boolean): MainLogLine {
  const group = toGroup ? 'process group ' : '';
  return { level: 'debug', text: `killing ${name} (pid ${pid}) ${group}with signal ${signalWord(signal)}` };
}

export function overranStop(name: string, pid: number): MainLogLine {
  return { level: 'warn', text: `killing '${name}' (${pid}) with SIGKILL` };
}

export function stoppedInBackoff(name: string): MainLogLine {
  return { level: 'debug', text: `Attempted to kill ${name}, which is in BACKOFF state.` };
}

export function sending(name: string, pid: number, signal: string): MainLogLine {
  return { level: 'debug', text: `sending ${name} (pid ${pid}) sig ${signalWord(signal)}` };
}

export function goneBeforeSignal(name: string, pid: number): MainLogLine {
  const text = `unable to signal ${name} (pid ${pid}), it probably just exited on its own: [Errno 3] No such process`;
  return { level: 'debug', text };
}

/** @param purpose `stop` also for the SIGKILL that follows it */
export function cannotSignal(name: string, pid: number, purpose: 'stop' | 'signal', reason: string): MainLogLine {
  const what = purpose === 'stop' ? 'killing' : 'sending sig';
  return { level: 'critical', text: `unknown problem ${what} ${name} (${pid}):${reason}` };
}

export function startWhileUp(name: string): MainLogLine {
  return { level: 'warn', text: `process '${name}' already running` };
}

/** While somebody waits for one process to stop. */
export function waitingToStop(name: string): MainLogLine {
  return { level: 'info', text: `waiting for ${name} to stop` };
}

/** During shutdown. */
export function waitingToDie(names: readonly string[]): MainLogLine {
  return { level: 'info', text: `waiting for ${names.join(', ')} to die` };
}

/** A child of an earlier agent had ended before this one could look. */
export function outputLost(name: string): string {
  return `'${name}' ended while no agent lived: what it wrote last may be lost`;
}

/** An orphan has ended that the first process of a container had to take over. */
export function reapedOrphan(pid: number, exit: Exit): MainLogLine {
  return { level: 'info', text: `reaped unknown pid ${pid} (${describeExit(exit)})` };
}

/** Supervisor's words for a wait status. */
export function describeExit(exit: Exit): string {
  switch (exit.kind) {
    case 'code':
      return `exit status ${exit.code}`;
    case 'signal':
      return `terminated by ${signalName(exit.number)}${exit.coreDumped ? ' (core dumped)' : ''}`;
    case 'unknown':
      return 'unknown termination cause';
  }
}

function signalWord(signal: string): string {
  return signal === '0' ? 'signal 0' : `SIG${signal}`;
}
