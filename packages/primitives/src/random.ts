/** Chance as a parameter, so that a seed repeats a run. */

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** `count` unpredictable bytes; predictable only in tests. */
  bytes(count: number): Uint8Array;
}

/** A small seeded generator (mulberry32): for tests and simulation, never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)) };
}
