/**
 * Whether the store takes what it is given. A disk that is full is told once and not by everyone who meets it; while it is,
 * everything that was to be written waits and is tried again, and nothing of it is acknowledged.
 */
import {
  type BackoffPolicy,
  type Clock,
  FleetError,
  type Instant,
  msBetween,
  type Random,
} from '@fleetvisor/primitives';
import type { FleetLog } from './fleet-log.ts';
import { untilDone } from './until-done.ts';

export interface StoreWatchParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: FleetLog;
}

/** Short: what waits are events that people wait for, once there is room again. */
const policy: BackoffPolicy = { baseMs: 500, capMs: 5_000 };

export class StoreWatch {
  readonly #parts: StoreWatchParts;
  #troubleSince: Instant | undefined;

  constructor(parts: StoreWatchParts) {
    this.#parts = parts;
  }

  /** The last write that was tried came to nothing. */
  get isTroubled(): boolean {
    return this.#troubleSince !== undefined;
  }

  /**
   * Writes, and tries again as long as it is the disk that refuses.
   * @throws what trying again cannot mend; when aborted, what the last try threw or the signal's reason
   */
  written<T>(signal: AbortSignal, write: () => Promise<T>): Promise<T> {
    const { clock, random } = this.#parts;
    const onFailure = (error: unknown) => {
      if (!isDisk(error)) throw error;
    };
    return untilDone({ clock, random, signal, policy, onFailure }, () => this.once(write));
  }

  /** Writes, or throws. Either way it is noted. */
  async once<T>(write: () => Promise<T>): Promise<T> {
    try {
      const value = await write();
      this.#taken();
      return value;
    } catch (error) {
      if (isDisk(error)) this.#refused(error);
      throw error;
    }
  }

  #refused(error: FleetError): void {
    if (this.#troubleSince !== undefined) return;
    this.#troubleSince = this.#parts.clock.now();
    this.#parts.log.error({ err: error }, 'the store takes no writes: nothing is acknowledged until it does');
  }

  #taken(): void {
    if (this.#troubleSince === undefined) return;
    const { clock, log } = this.#parts;
    const afterMs = Math.round(msBetween(this.#troubleSince, clock.now()));
    this.#troubleSince = undefined;
    log.info({ afterMs }, 'the store takes writes again');
  }
}

/** Whether it is not the write that is wrong but the place where it goes. */
export function isDisk(error: unknown): error is FleetError {
  return error instanceof FleetError && error.code === 'unavailable';
}
