/** Waits for a condition, never for a time. */
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Asks again and again until the answer is neither undefined nor false, and gives it back.
 * @throws Error with `what` and the last failure when it never comes true within the bound.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  boundMs = 20_000,
): Promise<Exclude<T, false | null | undefined>> {
  const end = process.hrtime.bigint() + BigInt(boundMs) * 1_000_000n;
  let last: unknown;
  while (process.hrtime.bigint() < end) {
    try {
      last = await ask();
      if (last !== undefined && last !== null && last !== false) return last as Exclude<T, false | null | undefined>; // narrowed by the line above
    } catch (error) {
      last = error;
    }
    await wait(20);
  }
  throw new Error(
    `waited ${boundMs} ms in vain until ${what}; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}
