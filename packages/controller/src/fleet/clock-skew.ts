/** How far a host's clock is off from the controller's, and how well that is known. Pure. */

export interface ClockSkew {
  /** The host's wall clock minus the controller's. */
  readonly skewUs: bigint;
  /** How long the message and its answer took by which it was measured: it is known to half of that. 0n: not measured. */
  readonly roundTripUs: bigint;
}

/** By one message alone: wrong by the way that it took. */
export function unmeasuredSkew(hostUs: bigint, ownUs: bigint): ClockSkew {
  return { skewUs: hostUs - ownUs, roundTripUs: 0n };
}

/** What is needed to measure it: a stamp of ours that came back with the host's wall time. */
export interface Echo {
  /** The host's wall clock as it answered. */
  readonly hostUs: bigint;
  /** How long the host had held the stamp by then. */
  readonly heldUs: bigint;
  /** Our monotonic clock as the stamp was sent, and as it came back. */
  readonly sentUs: bigint;
  readonly backUs: bigint;
  /** Our wall clock as it came back. */
  readonly ownUs: bigint;
}

/** Longer than any network takes: the host has given back something that we never sent. */
const roundTripUsMax = 120_000_000n;

/** Supposes that both ways took the same time. undefined when the echo makes no sense. */
export function measuredSkew({ hostUs, heldUs, sentUs, backUs, ownUs }: Echo): ClockSkew | undefined {
  const roundTripUs = backUs - sentUs - heldUs;
  // Clocks of a microsecond, rounded on both sides.
  if (roundTripUs < -1_000n || roundTripUs > roundTripUsMax) return undefined;
  const tripUs = roundTripUs < 1n ? 1n : roundTripUs;
  return { skewUs: hostUs - (ownUs - tripUs / 2n), roundTripUs: tripUs };
}

const offUs = 2_000_000n;

/** Whether it is off by more than two seconds for certain. */
export function isClockOff({ skewUs, roundTripUs }: ClockSkew): boolean {
  const absoluteUs = skewUs < 0n ? -skewUs : skewUs;
  return roundTripUs > 0n && absoluteUs - roundTripUs / 2n > offUs;
}
