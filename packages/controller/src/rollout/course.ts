/**
 * The life of a rollout: the tasks of its hosts, of which each moves by itself (`step.ts`), and what they make together.
 * The rollout ends when no task is open. What an input costs goes with the tasks it concerns, not with all of them: of
 * ten thousand hosts each says three or four things. Knows no clock, no store and no link.
 */
import { after, type Instant } from '@fleetvisor/primitives';
import type { HostTaskState, RolloutState } from '../store/rollouts.ts';
import { type HostTask, type RolloutInput, step, waits } from './step.ts';

export type RolloutEffect =
  | { readonly kind: 'offer'; readonly hostId: string }
  | { readonly kind: 'task'; readonly hostId: string; readonly state: HostTaskState }
  | { readonly kind: 'end'; readonly state: RolloutState };

export interface RolloutMove {
  /** The tasks that are not as they were, as they are now. */
  readonly changed: readonly HostTask[];
  readonly effects: readonly RolloutEffect[];
}

export class RolloutCourse {
  /** How long a host may take from its offer on. */
  readonly hostTimeoutMs: number;
  readonly #tasks: Map<string, HostTask>;
  readonly #count = new Map<HostTaskState, number>();
  #open = 0;
  #state: RolloutState = 'running';

  constructor(tasks: Iterable<HostTask>, hostTimeoutMs: number) {
    this.hostTimeoutMs = hostTimeoutMs;
    this.#tasks = new Map([...tasks].map((task) => [task.hostId, task]));
    for (const task of this.#tasks.values()) this.#add(task, 1);
  }

  get state(): RolloutState {
    return this.#state;
  }

  get tasks(): ReadonlyMap<string, HostTask> {
    return this.#tasks;
  }

  feed(input: RolloutInput, now: Instant): RolloutMove {
    const changed: HostTask[] = [];
    const effects: RolloutEffect[] = [];
    if (this.#state !== 'running') return { changed, effects };
    for (const before of this.#concerned(input)) {
      const change = step(before, input, now, this.hostTimeoutMs);
      if (change === undefined) continue;
      const { task, offer } = change;
      this.#replace(before, task);
      changed.push(task);
      if (before.state !== task.state) effects.push({ kind: 'task', hostId: task.hostId, state: task.state });
      if (offer) effects.push({ kind: 'offer', hostId: task.hostId });
    }
    if (this.#open === 0) {
      this.#state = this.#endState();
      effects.push({ kind: 'end', state: this.#state });
    }
    return { changed, effects };
  }

  #concerned(input: RolloutInput): readonly HostTask[] {
    if (!('hostId' in input)) return [...this.#tasks.values()];
    const task = this.#tasks.get(input.hostId);
    return task === undefined ? [] : [task];
  }

  #replace(before: HostTask, task: HostTask): void {
    this.#add(before, -1);
    this.#add(task, 1);
    this.#tasks.set(task.hostId, task);
  }

  #add({ state, deadline }: HostTask, one: 1 | -1): void {
    this.#count.set(state, (this.#count.get(state) ?? 0) + one);
    if (deadline !== undefined) this.#open += one;
  }

  #endState(): RolloutState {
    const has = (state: HostTaskState) => (this.#count.get(state) ?? 0) > 0;
    if (has('superseded')) return 'superseded';
    if (failures.some(has)) return 'failed';
    return has('deferred') ? 'succeeded-with-deferred' : 'succeeded';
  }
}

const failures: readonly HostTaskState[] = ['rejected', 'unhealthy', 'timed-out', 'vanished'];

export function startCourse(hostIds: Iterable<string>, hostTimeoutMs: number, now: Instant): RolloutCourse {
  const deadline = after(now, hostTimeoutMs);
  const tasks = [...hostIds].map((hostId): HostTask => ({ hostId, state: 'pending', deadline }));
  return new RolloutCourse(tasks, hostTimeoutMs);
}

export interface StoredTask {
  readonly hostId: string;
  readonly state: HostTaskState;
  /** The host has been given another rollout's state since: what it does now is no word on this one's. */
  readonly isTaken: boolean;
}

/** Goes on with what a restart of the controller interrupted. */
export function resumeCourse(stored: Iterable<StoredTask>, hostTimeoutMs: number, now: Instant): RolloutCourse {
  const deadline = after(now, hostTimeoutMs);
  const tasks = [...stored].map(({ hostId, state, isTaken }): HostTask => {
    const hasVerdict = !waits[state] && state !== 'deferred';
    if (isTaken && !hasVerdict) return { hostId, state: 'superseded', deadline: undefined };
    return { hostId, state, deadline: waits[state] ? deadline : undefined };
  });
  return new RolloutCourse(tasks, hostTimeoutMs);
}
