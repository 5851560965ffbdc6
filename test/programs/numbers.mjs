/** Writes the numbers from 1 on, a line each: `numbers.mjs COUNT EVERY_MS` (0: flat out). Ends after COUNT; 0: never. */
import { writeSync } from 'node:fs';

const count = Number(process.argv[2]);
const everyMs = Number(process.argv[3]);
let last = 0;

function writeNext() {
  writeSync(1, `${++last}\n`);
  if (last !== count) later();
}

function later() {
  if (everyMs > 0) setTimeout(writeNext, everyMs);
}

writeNext();
while (everyMs === 0 && last !== count) writeNext();
