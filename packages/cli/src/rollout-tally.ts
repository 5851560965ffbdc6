/** What a rollout came to: the totals over its hosts, and the exit code. Pure. */
import type { HostTaskState, RolloutState, RolloutStep } from './client/config-file.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { emptyTally, exitCodeOfTally, type Tally } from './tally.ts';

/** undefined while it is under way. */
const countOfState = {
  pending: undefined,
  offered: undefined,
  accepted: undefined,
  applying: undefined,
  healthy: 'ok',
  rejected: 'failed',
  unhealthy: 'failed',
  'timed-out': 'failed',
  vanished: 'unknown',
  deferred: 'offline',
  superseded: undefined,
  unknown: undefined,
} as const satisfies Record<HostTaskState, keyof Tally | undefined>;

/** Whether nothing more will come of the host. */
export function isSettled(state: HostTaskState): boolean {
  return countOfState[state] !== undefined || state === 'superseded';
}

/** By what each host said last; hosts that are not settled count as still running. */
export function rolloutTally(steps: readonly RolloutStep[]): Tally {
  const states = new Map<string, HostTaskState>();
  for (const step of steps) {
    // Until they say otherwise, those that are there are at it, and those that are away get it later.
    if (step.kind === 'planned') {
      for (const host of step.targets) states.set(host, step.offline.includes(host) ? 'deferred' : 'pending');
    }
    if (step.kind === 'host') states.set(step.host, step.state);
  }
  const tally = { ...emptyTally };
  for (const state of states.values()) {
    const count = countOfState[state] ?? (state === 'superseded' ? undefined : 'stillRunning');
    if (count !== undefined) tally[count]++;
  }
  return tally;
}

export function exitCodeOfRollout(steps: readonly RolloutStep[], isDryRun: boolean): ExitCode {
  const planned = steps.find((step) => step.kind === 'planned');
  if (steps.some((step) => step.kind === 'refused')) return exitCode.error;
  if (planned !== undefined && (isDryRun || planned.unchanged)) return exitCode.ok;
  const ended = steps.find((step) => step.kind === 'ended');
  if (ended === undefined) return exitCode.timeout;
  return exitCodeOfEnd(ended.state, rolloutTally(steps));
}

function exitCodeOfEnd(state: RolloutState, tally: Tally): ExitCode {
  switch (state) {
    case 'succeeded':
    case 'succeeded-with-deferred':
      return tally.offline > 0 ? exitCode.unreachable : exitCode.ok;
    case 'superseded':
      return exitCode.conflict;
    case 'failed': {
      const code = exitCodeOfTally(tally);
      return code === exitCode.ok ? exitCode.error : code;
    }
    case 'running':
    case 'unknown':
      return exitCode.timeout;
  }
}
