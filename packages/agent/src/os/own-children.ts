/** Which children Node itself has made and will reap: as init of a container we are given others' too. */
import { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Node tells of every child here, whichever part of the program or library makes it. */
const CHANNEL = 'child_process';

/** Children that live are in it, and no others: bounded by them. To be made before the first child is. */
export class OwnChildren implements Disposable {
  readonly #pids = new Set<number>();
  readonly #onMade = (message: unknown) => this.#watch(message);

  constructor() {
    subscribe(CHANNEL, this.#onMade);
  }

  /** From its start until its exit has been told. Not to be asked in the same step as it was started. */
  has(pid: number): boolean {
    return this.#pids.has(pid);
  }

  [Symbol.dispose](): void {
    unsubscribe(CHANNEL, this.#onMade);
  }

  /** Told before the child has a pid; it has one, or never gets one, when the step that makes it ends. */
  #watch(message: unknown): void {
    const child = typeof message === 'object' && message !== null && 'process' in message ? message.process : undefined;
    if (!(child instanceof ChildProcess)) return;
    queueMicrotask(() => {
      const { pid } = child;
      if (pid === undefined) return;
      this.#pids.add(pid);
      child.once('exit', () => this.#pids.delete(pid));
    });
  }
}
