/**
 * Puts what was committed on the disk without holding up the process: with synchronous=NORMAL a commit only reaches the
 * kernel, and this calls fdatasync(2) on the write-ahead log from Node's thread pool. Knows nothing of what is in it.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { FleetError } from '@fleetvisor/primitives';

const datasync = promisify(fdatasync);

export class WalSync implements AsyncDisposable {
  readonly #path: string;
  readonly #file: number;
  #running: Promise<void> | undefined;
  #queued: Promise<void> | undefined;

  /** @param path the -wal file, which exists already: opened now, for somebody may remove it while the agent runs. */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'r+');
  }

  /**
   * Resolves when everything that was committed before the call is on the disk. Calls made while one sync runs share
   * the next one.
   * @throws FleetError `internal` when the disk refuses; nothing may then be taken for durable.
   */
  synced(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#queued ??= this.#running.then(
      () => this.#startQueued(),
      () => this.#startQueued(),
    );
    return this.#queued;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.#running, this.#queued]);
    closeSync(this.#file);
  }

  #startQueued(): Promise<void> {
    this.#queued = undefined;
    return this.#start();
  }

  #start(): Promise<void> {
    this.#running = this.#sync().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #sync(): Promise<void> {
    try {
      await datasync(this.#file);
    } catch (cause) {
      throw new FleetError(
        'internal',
        `cannot put ${this.#path} on the disk: look at the disk's health and free space (dmesg, df)`,
        { path: this.#path },
        { cause },
      );
    }
  }
}
