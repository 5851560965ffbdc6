/**
 * What is left of a process group whose leader has obeyed the stop signal. Supervisor forgets it; here it has as long as
 * the leader would have had, and is then killed.
 */
import { after, type Clock, type Instant, msBetween } from '@fleetvisor/primitives';
import type { Launch, ProcessHost } from './ports.ts';

/** Nobody tells when the last of a group ends, so one looks: soon at first, then once a second. */
const firstLookMs = 100;
const lookMsMax = 1000;

export interface StragglersOptions {
  readonly clock: Clock;
  readonly host: ProcessHost;
  readonly schedule: Clock['schedule'];
  /** Tells that the rest of a group did not obey in time. */
  readonly onKilled: (launch: Launch) => void;
}

export class Stragglers {
  readonly #options: StragglersOptions;
  readonly #watched = new Set<Launch>();
  #waiting: (() => void)[] = [];

  constructor(options: StragglersOptions) {
    this.#options = options;
  }

  /** Watches the group of a run that has ended, and kills what is left of it at `until`. */
  watch(launch: Launch, until: Instant): void {
    this.#watched.add(launch);
    this.#look(launch, until, firstLookMs);
  }

  /** Whose groups are watched: the processes' names without their groups, each once. */
  names(): readonly string[] {
    return [...new Set([...this.#watched].map(({ spec }) => spec.name))];
  }

  /** Resolves once no group is watched. */
  gone(): Promise<void> {
    if (this.#watched.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #look(launch: Launch, until: Instant, nextLookMs: number): void {
    const { clock, host, schedule, onKilled } = this.#options;
    if (host.signal(launch, '0', true).kind !== 'sent') {
      this.#end(launch);
      return;
    }
    const now = clock.now();
    if (now >= until) {
      host.signal(launch, 'KILL', true);
      onKilled(launch);
      this.#end(launch);
      return;
    }
    const wait = Math.min(nextLookMs, msBetween(now, until));
    schedule(after(now, wait), () => this.#look(launch, until, Math.min(nextLookMs * 2, lookMsMax)));
  }

  #end(launch: Launch): void {
    this.#watched.delete(launch);
    if (this.#watched.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
