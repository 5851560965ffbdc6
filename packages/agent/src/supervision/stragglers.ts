/**
 * What is left of a process group whose leader has obeyed the stop signal. Supervisor forgets it; here it has as long as
 * the leader would have had, and is then killed.
 */
import { after, type Clock, type Instant, msBetween } from '@fleetvisor/primitives';
import type { ProcessHost } from './ports.ts';
import type { ProcessName } from './status.ts';

/** Nobody tells when the last of a group ends, so one looks: soon at first, then once a second. */
const firstLookMs = 100;
const lookMsMax = 1000;

/** Plain data: another life of the agent goes on with it. */
export interface StragglingGroup {
  /** Whose it was; it may run again by now, or be no more. */
  readonly process: ProcessName;
  /** The pid of its leader, which is the number of the group. */
  readonly leader: number;
  /** It is killed then. */
  readonly until: Instant;
}

export interface StragglersOptions {
  readonly clock: Clock;
  readonly host: Pick<ProcessHost, 'signalGroup'>;
  readonly schedule: Clock['schedule'];
  /** Tells that the rest of a group did not obey in time. */
  readonly onKilled: (left: StragglingGroup) => void;
}

export class Stragglers {
  readonly #options: StragglersOptions;
  /** Bounded by the stops of the last stopwaitsecs. */
  readonly #watched = new Set<StragglingGroup>();
  #waiting: (() => void)[] = [];

  constructor(options: StragglersOptions) {
    this.#options = options;
  }

  /** Watches it, and kills what is left of it when its time is over. */
  watch(left: StragglingGroup): void {
    this.#watched.add(left);
    this.#look(left, firstLookMs);
  }

  /** Those that are watched. */
  get all(): readonly StragglingGroup[] {
    return [...this.#watched];
  }

  /** Resolves once no group is watched. */
  gone(): Promise<void> {
    if (this.#watched.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #look(left: StragglingGroup, nextLookMs: number): void {
    const { clock, host, schedule, onKilled } = this.#options;
    if (host.signalGroup(left.leader, '0').kind !== 'sent') {
      this.#end(left);
      return;
    }
    const now = clock.now();
    if (now >= left.until) {
      host.signalGroup(left.leader, 'KILL');
      onKilled(left);
      this.#end(left);
      return;
    }
    const wait = Math.min(nextLookMs, msBetween(now, left.until));
    schedule(after(now, wait), () => this.#look(left, Math.min(nextLookMs * 2, lookMsMax)));
  }

  #end(left: StragglingGroup): void {
    this.#watched.delete(left);
    if (this.#watched.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
