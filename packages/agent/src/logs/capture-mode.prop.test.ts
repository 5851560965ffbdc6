import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BEGIN_TAG, CaptureMode, END_TAG } from './capture-mode.ts';

const [begin, end] = [BEGIN_TAG, END_TAG].map((tag) => Buffer.from(tag).toString('latin1')) as [string, string]; // two in, two out
const piece = fc.oneof(
  fc.constantFrom(begin, end, '<', '<!--', '<!--XSUPERVISOR:', 'BEGIN-->', 'END-->', '-->', '\xff\n'),
  fc.string({ maxLength: 5 }),
);

/** The stream as it was understood, put together again. */
function understood(chunks: readonly string[]): {
  readonly outside: string;
  readonly messages: string[];
  whole: string;
} {
  const seen = { outside: '', messages: [] as string[], whole: '' };
  let message: string | undefined;
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const mode = new CaptureMode({
    outside: (bytes) => {
      seen.outside += text(bytes);
      seen.whole += text(bytes);
    },
    inside: (bytes) => {
      message = (message ?? '') + text(bytes);
    },
    messageEnd: () => {
      seen.messages.push(message ?? '');
      seen.whole += begin + (message ?? '') + end;
      message = undefined;
    },
    brokenOff: () => {
      seen.whole += begin + (message ?? '');
    },
  });
  for (const chunk of chunks) mode.write(Buffer.from(chunk, 'latin1'));
  mode.end();
  return seen;
}

it('does not matter where a stream is cut, and nothing of it is lost', () => {
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const stream = pieces.join('');
      const whole = understood([stream]);
      expect(whole.whole).toBe(Buffer.from(stream, 'latin1').toString('latin1'));
      expect(understood(pieces)).toEqual(whole);
      expect(understood([...stream])).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});
