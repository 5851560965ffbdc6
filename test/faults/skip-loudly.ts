/** `describe` where a thing can be had; elsewhere the same, skipped, with a line that nobody overlooks. */
import { describe } from 'vitest';

/** @param whyNot what is missing here; empty when nothing is */
export function describeUnless(whyNot: string, name: string, tests: () => void): void {
  if (whyNot !== '') notTested(`${name}: ${whyNot}`);
  describe.skipIf(whyNot !== '')(name, tests);
}

export function notTested(what: string): void {
  process.stderr.write(`\nNOT TESTED: ${what}\n\n`);
}
