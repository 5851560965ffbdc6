/**
 * What must have happened to a process since it was written down, where runs are found that nobody had time to write down:
 * the way to each of them by the same rules as ever, so that all of it is told. How a run ended on that way nobody knows.
 * Pure.
 */
import type { Instant } from '@fleetvisor/primitives';
import type { Effect } from './effect.ts';
import type { Input, Rules } from './input.ts';
import { following, type Step, stay } from './moves.ts';
import { childOf, deadlineOf, isLaunchAhead, type ProcessState, type RunId, runId } from './state.ts';
import { step } from './step.ts';

/** A launch that was not written down. */
export interface UnwrittenRun {
  readonly run: RunId;
  /** 0 when its child has ended: nobody knows any more which it was. */
  readonly pid: number;
  /** When it began; undefined when its child has ended. */
  readonly since: Instant | undefined;
}

/**
 * @param runs in order, each later than that of the state
 * @returns the state in the last of them, with what is to be told; nothing is to be done, for all of it has been
 */
export function catchUp(spec: Rules['spec'], state: ProcessState, runs: readonly UnwrittenRun[], now: Instant): Step {
  const rules: Rules = { spec, isShuttingDown: false };
  let here = stay(state);
  for (const run of runs) here = following(here.effects, towards(rules, here.state, run, now));
  return { ...here, effects: here.effects.filter(isTold) };
}

/** The main log has its lines already: it is written as things happen. */
function isTold({ kind }: Effect): boolean {
  return kind === 'transition' || kind === 'crash';
}

function towards(rules: Rules, state: ProcessState, { run, pid, since }: UnwrittenRun, now: Instant): Step {
  let here = stay(state);
  const take = (input: Input, at: Instant) => {
    here = following(here.effects, step(rules, here.state, input, at));
  };
  if (childOf(state) !== undefined) take({ kind: 'exited', run: state.run, exit: { kind: 'unknown' } }, now);
  // Failed attempts in between have left nothing; they count all the same.
  here = { ...here, state: { ...here.state, run: runId(run - 1) } };
  if (!isLaunchAhead(here.state)) take({ kind: 'start', cause: 'hand' }, now);
  take({ kind: 'deadline' }, deadlineOf(here.state) ?? now);
  take({ kind: 'spawned', run, pid }, since ?? now);
  // Of one that has ended nobody knows that it was too early: it counts as one that had come up.
  take({ kind: 'deadline' }, since === undefined ? (deadlineOf(here.state) ?? now) : now);
  return here;
}
