/** Why a rollout ended as it did, in one line for people. Pure. */
import type { HostTaskState, RolloutState } from '../store/rollouts.ts';

export interface EndedTask {
  readonly host: string;
  readonly state: HostTaskState;
  /** What the host said; may be empty. */
  readonly message: string;
}

const hostsNamedMax = 3;

const inWords = {
  pending: 'was not reached',
  offered: 'did not answer',
  accepted: 'did not finish',
  applying: 'did not finish',
  healthy: 'is healthy',
  rejected: 'refused it',
  unhealthy: 'carried it out, but not every program came up',
  'timed-out': 'did not finish in time',
  deferred: 'is not connected and gets it when it returns',
  vanished: 'went away and did not return in time',
  superseded: 'was taken over by a newer rollout',
} as const satisfies Record<HostTaskState, string>;

/** Empty for a plain success. */
export function reasonOf(state: RolloutState, tasks: readonly EndedTask[]): string {
  if (state === 'superseded') return 'a newer rollout took over hosts of this one';
  const isTold = (task: EndedTask) =>
    state === 'failed' ? task.state !== 'healthy' && task.state !== 'deferred' : task.state === 'deferred';
  const told = tasks.filter(isTold);
  if (told.length === 0) return '';
  const named = told.slice(0, hostsNamedMax).map(({ host, state: ended, message }) => {
    return `${host} ${inWords[ended]}${message === '' ? '' : ` (${message})`}`;
  });
  const more = told.length > hostsNamedMax ? [`and ${told.length - hostsNamedMax} more`] : [];
  return `${told.length} of ${tasks.length} hosts: ${[...named, ...more].join('; ')}`;
}
