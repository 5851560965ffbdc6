import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnsiStripper } from './ansi.ts';

const piece = fc.constantFrom('text', '\x1b', '[', '1;2', 'm', 'X', '\n', '\x1b[0m', '\xff');

function strip(chunks: readonly string[]): string {
  const stripper = new AnsiStripper();
  const kept = chunks.map((chunk) => stripper.strip(Buffer.from(chunk, 'latin1')).slice());
  return Buffer.concat([...kept, stripper.end()]).toString('latin1');
}

it('does not matter where a stream is cut into chunks', () => {
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const whole = pieces.join('');
      expect(strip(pieces)).toBe(strip([whole]));
      expect(strip([...whole])).toBe(strip([whole]));
    }),
    { numRuns: 300 },
  );
});
