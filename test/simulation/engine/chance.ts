/**
 * Chance by name. Each part of the world draws from a generator of its own, made of the seed and its name: so what is left
 * out of a story when it is shrunken changes nothing for the parts that stay.
 */
import { type Random, seededRandom } from '@fleetvisor/primitives';

export function chanceOf(seed: number, ...name: readonly (string | number)[]): Random {
  // FNV-1a: spreads names that differ in one letter.
  let hash = 0x811c9dc5;
  for (const char of [seed, ...name].join('/')) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return seededRandom(hash);
}

/** Anywhere in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + random.next() * (high - low);
}

/** A whole number in [low, high]. */
export function wholeBetween(random: Random, low: number, high: number): number {
  return Math.floor(between(random, low, high + 1));
}

/** @throws RangeError for nothing to choose from */
export function oneOf<T>(random: Random, choices: readonly T[]): T {
  const index = Math.floor(random.next() * choices.length);
  if (index >= choices.length) throw new RangeError('there is nothing to choose from');
  return choices[index] as T; // the index is within
}

export function isBy(random: Random, probability: number): boolean {
  return random.next() < probability;
}
