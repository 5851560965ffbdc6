/** How eagerly a pipe is read, by how much comes out of it. Pure. */

/** A pipe holds this much on Linux. */
export const PIPE_BYTES = 64 * 1024;

/** At least this much in one read, and the pipe was about to hold up the program that fills it. */
export const HALF_PIPE_BYTES = PIPE_BYTES / 2;

/**
 * - slow: after a read the pipe rests for 10 ms, so that a program that writes line by line wakes us 100 times a second
 *   at most
 * - quick: the same with 2 ms, for what would fill the pipe in 10
 * - flowing: read whenever there is something
 */
export type ReadPace = 'slow' | 'quick' | 'flowing';

/** How long a pipe rests, and how often one looks whether its pace still fits. */
export const TICK_MS = { slow: 10, quick: 2, flowing: 10 } as const satisfies Record<ReadPace, number>;

/** The slowest pace at which the pipe stays half empty. */
export function paceFor(bytes: number, duringMs: number): ReadPace {
  const bytesPerMs = bytes / duringMs;
  if (bytesPerMs * TICK_MS.slow < HALF_PIPE_BYTES) return 'slow';
  return bytesPerMs * TICK_MS.quick < HALF_PIPE_BYTES ? 'quick' : 'flowing';
}
