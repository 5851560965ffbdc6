import { instant } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { processSpec } from '../testing/specs.ts';
import { catchUp, type UnwrittenRun } from './catch-up.ts';
import { neverStarted, type ProcessState, runId } from './state.ts';

const spec = processSpec('web', { startsecs: 5 });
const second = 1_000_000;
const now = instant(100 * second);
const child = { pid: 7, since: instant(0), signalled: [] };
const run = (number: number, pid = 0, sinceSeconds?: number): UnwrittenRun => {
  return { run: runId(number), pid, since: sinceSeconds === undefined ? undefined : instant(sinceSeconds * second) };
};

const running: ProcessState = { name: 'RUNNING', run: runId(3), child };
const failed = { pid: 7, exit: undefined, ranForUs: 1 };
const states: Readonly<Record<string, ProcessState>> = {
  RUNNING: running,
  STOPPED: { ...neverStarted(runId(3)), wasAttempted: true, stoppedByHand: true },
  'never started': neverStarted(runId(3)),
  settling: { name: 'STARTING', phase: 'settling', run: runId(3), attempts: 0, child, deadline: instant(101 * second) },
  BACKOFF: { name: 'BACKOFF', run: runId(3), attempts: 1, spawnError: 'x', failed, deadline: instant(101 * second) },
  STOPPING: { name: 'STOPPING', run: runId(3), attempts: 0, child, cause: 'hand', deadline: instant(110 * second) },
  EXITED: { name: 'EXITED', run: runId(3), exit: { kind: 'unknown' }, spawnError: '', startAt: undefined },
  'EXITED, about to start': { name: 'EXITED', run: runId(3), exit: { kind: 'unknown' }, spawnError: '', startAt: now },
  FATAL: { name: 'FATAL', run: runId(3), spawnError: 'x', startAt: undefined },
  UNKNOWN: { name: 'UNKNOWN', run: runId(3), attempts: 0, child, stopAsked: undefined },
};

/** `FROM>TO run pid` of each transition, and crashes. */
function told(state: ProcessState, ...runs: readonly UnwrittenRun[]): readonly string[] {
  return catchUp(spec, state, runs, now).effects.map((effect) => {
    if (effect.kind === 'crash') return `crash ${effect.crash.run}`;
    if (effect.kind !== 'transition') throw new Error(`${effect.kind} is nothing to be told`);
    const { from, to, run: number, pid } = effect.transition;
    return `${from}>${to} ${number} ${pid}`;
  });
}

describe('catchUp', () => {
  it('tells the end of the run that is written down, and the start of the one that is found', () => {
    expect(told(running, run(4, 8, 50))).toEqual([
      'RUNNING>EXITED 3 7',
      'crash 3',
      'EXITED>STARTING 4 0',
      'STARTING>RUNNING 4 8',
    ]);
  });

  it('tells of every run on the way', () => {
    expect(told(running, run(4), run(5, 8, 50)).slice(3)).toEqual([
      'STARTING>RUNNING 4 0',
      'RUNNING>EXITED 4 0',
      'crash 4',
      'EXITED>STARTING 5 0',
      'STARTING>RUNNING 5 8',
    ]);
  });

  it.each(Object.entries(states))('gets from %s to the run that is found', (_, state) => {
    expect(catchUp(spec, state, [run(4, 8, 50)], now).state).toEqual({
      name: 'RUNNING',
      run: 4,
      child: { pid: 8, since: 50 * second, signalled: [] },
    });
    expect(told(state, run(4, 8, 50)).slice(-2)).toEqual([
      expect.stringMatching(/>STARTING 4 0$/),
      'STARTING>RUNNING 4 8',
    ]);
    // It has ended: how is still to be heard of.
    expect(catchUp(spec, state, [run(4)], now).state).toMatchObject({ name: 'RUNNING', run: 4 });
    // After attempts that have left nothing.
    expect(catchUp(spec, state, [run(9, 8, 50)], now).state).toMatchObject({ name: 'RUNNING', run: 9 });
  });

  it('leaves what is not past its startsecs where it is', () => {
    const { state } = catchUp(spec, running, [run(4, 8, 98)], now);
    expect(state).toMatchObject({ name: 'STARTING', phase: 'settling', deadline: 103 * second });
  });
});
