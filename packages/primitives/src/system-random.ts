/** The real source of chance. */
import { randomFillSync } from 'node:crypto';
import type { Random } from './random.ts';

export const systemRandom: Random = {
  next: () => Math.random(),
  bytes: (count) => randomFillSync(new Uint8Array(count)),
};
