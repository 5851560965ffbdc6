/** Ways to look at the life of a process in tests: states by example, and what a step says as one line. */
import { type Instant, instant } from '@fleetvisor/primitives';
import type { Effect } from '../process/effect.ts';
import type { Input, Rules } from '../process/input.ts';
import type { Step } from '../process/moves.ts';
import { type Child, neverStarted, type ProcessState, runId } from '../process/state.ts';
import { step } from '../process/step.ts';
import { processSpec } from './specs.ts';

export const startOfTime: Instant = instant(1_000_000);

export function at(seconds: number): Instant {
  return instant(startOfTime + Math.round(seconds * 1_000_000));
}

/** Rules of a program called `cat`. */
export function rulesFor(options: Parameters<typeof processSpec>[1] = {}, isShuttingDown = false): Rules {
  return { spec: processSpec('cat', options), isShuttingDown };
}

export const exitCode = (code: number) => ({ kind: 'code', code }) as const;
export const killedBySegv = { kind: 'signal', signal: 'SIGSEGV', number: 11, coreDumped: true } as const;
export const unseen = { kind: 'unknown' } as const;

const run = runId(7);
const child: Child = { pid: 100, since: at(0), signalled: [] };

/** One of each, as it is some time after `at(0)`; timers are due at `at(10)`. */
export const exampleStates = {
  'STOPPED, never started': neverStarted(run),
  STOPPED: {
    name: 'STOPPED',
    run,
    attempts: 2,
    spawnError: '',
    wasAttempted: true,
    stoppedByHand: true,
    startAt: undefined,
  },
  'STOPPED, start due': { ...neverStarted(run), startAt: at(10) },
  'STARTING, launching': { name: 'STARTING', phase: 'launching', run, attempts: 1, stopAsked: undefined },
  'STARTING, launching, to be stopped': { name: 'STARTING', phase: 'launching', run, attempts: 1, stopAsked: 'hand' },
  STARTING: { name: 'STARTING', phase: 'settling', run, attempts: 1, child, deadline: at(10) },
  RUNNING: { name: 'RUNNING', run, child },
  BACKOFF: {
    name: 'BACKOFF',
    run,
    attempts: 2,
    spawnError: 'Exited too quickly (process log may have details)',
    failed: { pid: 100, exit: exitCode(3), ranForUs: 5 },
    deadline: at(10),
  },
  STOPPING: { name: 'STOPPING', run, attempts: 1, child, cause: 'plan', deadline: at(10) },
  EXITED: { name: 'EXITED', run, exit: exitCode(0), spawnError: '', startAt: undefined },
  'EXITED, start due': { name: 'EXITED', run, exit: exitCode(3), spawnError: 'Bad exit code 3', startAt: at(10) },
  FATAL: { name: 'FATAL', run, spawnError: "can't find command 'cat'", startAt: undefined },
  'FATAL, start due': { name: 'FATAL', run, spawnError: "can't find command 'cat'", startAt: at(10) },
  UNKNOWN: { name: 'UNKNOWN', run, attempts: 0, child, stopAsked: undefined },
  'UNKNOWN, to be stopped': { name: 'UNKNOWN', run, attempts: 0, child, stopAsked: 'hand' },
} as const satisfies Record<string, ProcessState>;

/** One of each kind and shade. */
export const exampleInputs = {
  autostart: { kind: 'autostart' },
  'start by hand': { kind: 'start', cause: 'hand' },
  'start by plan': { kind: 'start', cause: 'plan' },
  'stop by hand': { kind: 'stop', cause: 'hand' },
  'stop by plan': { kind: 'stop', cause: 'plan' },
  'stop by shutdown': { kind: 'stop', cause: 'shutdown' },
  'signal HUP': { kind: 'signal', signal: 'HUP' },
  deadline: { kind: 'deadline' },
  spawned: { kind: 'spawned', run, pid: 200 },
  'spawn failed': { kind: 'spawnFailed', run, spawnError: 'command is empty' },
  'exit 0': { kind: 'exited', run, exit: exitCode(0) },
  'exit 3': { kind: 'exited', run, exit: exitCode(3) },
  'stop signal found nobody': { kind: 'signalUnsent', run, purpose: 'stop', refusal: undefined },
  'stop signal refused': { kind: 'signalUnsent', run, purpose: 'stop', refusal: 'no permission' },
} as const satisfies Record<string, Input>;

/** Takes inputs one after another, each at its second, from a process that was never started. */
export function live(rules: Rules, history: readonly (readonly [number, Input])[]): { steps: Step[]; last: Step } {
  const steps: Step[] = [];
  let last: Step = { state: neverStarted(runId(0)), effects: [], answer: 'taken' };
  for (const [seconds, input] of history) {
    last = step(rules, last.state, input, at(seconds));
    steps.push(last);
  }
  return { steps, last };
}

/** An effect as one line. */
export function effectLine(effect: Effect): string {
  switch (effect.kind) {
    case 'spawn':
      return `spawn run ${effect.run}`;
    case 'signal':
      return `send ${effect.signal}${effect.toGroup ? ' to the group' : ''} (${effect.purpose})`;
    case 'watchGroup':
      return 'watch the group';
    case 'transition':
      return `${effect.transition.from} -> ${effect.transition.to}`;
    case 'crash':
      return effect.crash.fatal ? 'crash, fatal' : 'crash';
    case 'log':
      return `${effect.line.level}: ${effect.line.text}`;
  }
}

export function effectLines(step: Step): string[] {
  return step.effects.map(effectLine);
}
