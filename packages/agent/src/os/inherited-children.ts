/**
 * Children that this process has made as another program, before it became this one (execve(2)): they are ours to wait for,
 * and Node does not know them. Each is asked after by its own pid, so that no exit is taken away from Node, which waits for
 * its own.
 */
import { signalName } from '@fleetvisor/config';
import type { KnownChild } from '../supervision/ports.ts';
import type { Exit } from '../supervision/process/exit.ts';
import type { ChildHandle } from './child-handle.ts';
import { errnoOf } from './errno.ts';
import { libcCall } from './libc.ts';

const WNOHANG = 1;

interface Awaited {
  readonly pid: number;
  readonly told: (exit: Exit) => void;
}

/** Without such a child it listens to nothing and costs nothing. */
export class InheritedChildren implements Disposable {
  /** By pid. Becomes no larger than what was taken over, and smaller with every end. */
  readonly #awaited = new Map<number, Awaited>();
  readonly #onSignal = () => this.#look();

  has(pid: number): boolean {
    return this.#awaited.has(pid);
  }

  /** @param child `isOurChild` */
  handleOf(child: KnownChild): ChildHandle {
    const { pid } = child;
    return {
      pid,
      onExit: (told) => this.#await({ pid, told }),
      isThere: () => true, // until its exit is told nobody else can reap it
      identify: () => child,
      mayHaveEnded: () => {},
      leave: () => this.#forget(pid),
    };
  }

  [Symbol.dispose](): void {
    for (const pid of [...this.#awaited.keys()]) this.#forget(pid);
  }

  #await(awaited: Awaited): void {
    if (this.#awaited.size === 0) process.on('SIGCHLD', this.#onSignal);
    this.#awaited.set(awaited.pid, awaited);
    // It may have ended while nobody listened: of that no signal tells again.
    setImmediate(() => this.#lookAt(awaited));
  }

  #forget(pid: number): void {
    if (this.#awaited.delete(pid) && this.#awaited.size === 0) process.off('SIGCHLD', this.#onSignal);
  }

  /** The signal does not say whose end it tells of, and tells of several once. */
  #look(): void {
    for (const awaited of [...this.#awaited.values()]) this.#lookAt(awaited);
  }

  #lookAt(awaited: Awaited): void {
    if (this.#awaited.get(awaited.pid) !== awaited) return;
    const exit = reap(awaited.pid);
    if (exit === undefined) return;
    this.#forget(awaited.pid);
    awaited.told(exit);
  }
}

/** @returns undefined while it lives */
function reap(pid: number): Exit | undefined {
  const status = Buffer.alloc(4);
  try {
    const reaped = libcCall('int waitpid(int pid, void *status, int options)')(pid, status, WNOHANG);
    return reaped === 0 ? undefined : exitOf(status.readInt32LE());
  } catch (thrown) {
    // Somebody else has had it: then nobody knows.
    if (errnoOf(thrown) === 'ECHILD') return { kind: 'unknown' };
    throw thrown;
  }
}

/** The status of wait(2), the same on every Linux. */
export function exitOf(status: number): Exit {
  const signal = status & 0x7f;
  if (signal === 0) return { kind: 'code', code: (status >> 8) & 0xff };
  return { kind: 'signal', signal: signalName(signal), number: signal, coreDumped: (status & 0x80) !== 0 };
}
