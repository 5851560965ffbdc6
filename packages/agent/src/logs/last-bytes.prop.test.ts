import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LastBytes } from './last-bytes.ts';

it('keeps the end of whatever came', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 900 }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), chunks, (capacity, given) => {
      const last = new LastBytes(capacity);
      for (const chunk of given) last.add(chunk);
      const whole = Buffer.concat(given);
      expect(Buffer.from(last.bytes())).toEqual(whole.subarray(Math.max(0, whole.length - capacity)));
    }),
    { numRuns: 300 },
  );
});
