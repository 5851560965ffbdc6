/** Which run a launch is: the runs under way, and for a while those that have ended, of which somebody may still ask. */
import type { Launch } from '../supervision/ports.ts';
import type { Run } from './run.ts';

/** Ended runs that are remembered, over all processes. */
const ENDED_MAX = 1024;

export class RunTable {
  /** In the order of their starts. */
  readonly #runs = new Map<string, { readonly launch: Launch; readonly run: Run }>();
  readonly #newest = new Map<string, Run>();

  add(launch: Launch, run: Run): void {
    const process = nameOf(launch);
    this.#newest.get(process)?.forgetOutput();
    this.#newest.set(process, run);
    this.#runs.set(keyOf(launch), { launch, run });
    if (this.#runs.size > ENDED_MAX) this.#dropOldEnded();
  }

  find(launch: Launch): Run | undefined {
    return this.#runs.get(keyOf(launch))?.run;
  }

  all(): readonly Run[] {
    return [...this.#runs.values()].map(({ run }) => run);
  }

  entries(): readonly (readonly [Launch, Run])[] {
    return [...this.#runs.values()].map(({ launch, run }) => [launch, run] as const);
  }

  #dropOldEnded(): void {
    const ended = [...this.#runs].filter(([, { run }]) => run.hasExited);
    // Half of them at once: so this happens once in many starts.
    if (ended.length <= ENDED_MAX / 2) return;
    for (const [key, { run }] of ended.slice(0, ended.length - ENDED_MAX / 2)) {
      this.#runs.delete(key);
      for (const [process, newest] of this.#newest) if (newest === run) this.#newest.delete(process);
    }
  }
}

function nameOf({ spec }: Launch): string {
  return `${spec.group}:${spec.name}`;
}

function keyOf(launch: Launch): string {
  return `${nameOf(launch)} ${launch.run}`;
}
