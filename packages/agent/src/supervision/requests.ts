/** Requests on one process, answered when they are met: feeds the input, waits for the verdict, says the result. */
import { after, assertNever, type Clock, type Timer } from '@fleetvisor/primitives';
import { type MainLog, waitingToStop } from './main-log-lines.ts';
import type { ProcessHost } from './ports.ts';
import { isSignallable, type StopCause } from './process/state.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import type { SignalResult, StartResult, StopResult } from './supervisor.ts';
import { startVerdict, stopVerdict } from './verdicts.ts';

/** How often a person who waits for a stop can read that it is not done: as in Supervisor. */
const stopReportMs = 2000;

export interface RequestWorld {
  readonly clock: Clock;
  readonly schedule: Clock['schedule'];
  readonly host: ProcessHost;
  readonly mainLog: MainLog;
}

/** @param cause a plan never starts what was stopped by hand: `held` */
export async function startProcess(
  world: RequestWorld,
  process: SupervisedProcess,
  cause: 'hand' | 'plan',
  wait = true,
): Promise<StartResult> {
  // Before anything else, as Supervisor does: a program whose file is gone says so even while it runs. What a plan starts
  // tries and fails like what starts by itself, so that its state tells.
  const failure = cause === 'hand' ? world.host.lookUp(process.spec) : undefined;
  if (failure !== undefined) return failure.kind === 'noFile' ? 'no-file' : 'not-executable';
  const answer = process.feed({ kind: 'start', cause });
  switch (answer) {
    case 'taken':
      return wait ? process.until(startVerdict) : (startVerdict(process.state) ?? 'started');
    case 'stopping':
      return wait ? 'abnormal-termination' : 'started';
    case 'already-started':
    case 'held':
    case 'unknown-state':
    case 'shutting-down':
      return answer;
    case 'not-running':
      return 'no-such-process';
    default:
      return assertNever(answer);
  }
}

export async function stopProcess(
  world: RequestWorld,
  process: SupervisedProcess,
  cause: StopCause,
  wait = true,
): Promise<StopResult> {
  if (process.feed({ kind: 'stop', cause }) === 'not-running') return 'not-running';
  return wait ? untilStopped(world, process) : 'stopped';
}

/** Waits until it is in the stopped set, whoever stops it, and says so in the main log now and then. */
export async function untilStopped(world: RequestWorld, process: SupervisedProcess): Promise<'stopped'> {
  if (stopVerdict(process.state) !== undefined) return 'stopped';
  let timer: Timer;
  const report = () => {
    const { level, text } = waitingToStop(process.name.name);
    world.mainLog.log(level, text);
    timer = world.schedule(after(world.clock.now(), stopReportMs), report);
  };
  report();
  return process.until(stopVerdict).finally(() => timer.cancel());
}

export function signalProcess(process: SupervisedProcess, signal: string): SignalResult {
  if (!isSignallable(process.state) || process.feed({ kind: 'signal', signal }) === 'not-running') return 'not-running';
  return process.state.name === 'UNKNOWN' ? 'failed' : 'signalled';
}
