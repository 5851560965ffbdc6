/** Writes lines of 100 bytes, one write each: `lines.mjs COUNT LINES_PER_SECOND` (0: flat out). Then ends. */
import { writeSync } from 'node:fs';

const count = Number(process.argv[2]);
const perSecond = Number(process.argv[3]);
const line = Buffer.from(`${'x'.repeat(99)}\n`);
const begun = process.hrtime.bigint();
let written = 0;

function due() {
  if (perSecond === 0) return count;
  const elapsedUs = Number((process.hrtime.bigint() - begun) / 1000n);
  return Math.min(count, Math.floor((elapsedUs * perSecond) / 1e6));
}

// Spins: a timer of a millisecond would write ten lines at a time, and what counts here are single ones.
while (written < count) {
  for (const until = due(); written < until; written++) writeSync(1, line);
}
