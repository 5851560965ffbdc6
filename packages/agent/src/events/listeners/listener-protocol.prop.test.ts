import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  busyListener,
  type ListenerState,
  type ListenerStep,
  newListener,
  RESULT_LINE_BYTES_MAX,
  readListener,
} from './listener-protocol.ts';

/** Often right, sometimes nearly, sometimes garbage. */
const phrase = fc.oneof(
  fc.constantFrom('READY\n', 'RESULT 2\nOK', 'RESULT 4\nFAIL', 'RESULT 0\n', 'RESULT -1\n', 'RESULT x\n', 'RESULT 5\n'),
  fc.nat(3000).map((size) => `RESULT ${size}\n${'x'.repeat(size)}`),
  fc.nat(3000).map((size) => 'y'.repeat(size)),
  fc.string({ unit: 'binary' }),
);
const speech = fc.array(phrase, { maxLength: 8 }).map((phrases) => Buffer.from(phrases.join('')));
const anyState = fc.constantFrom<ListenerState>(newListener, busyListener, { name: 'READY' }, { name: 'UNKNOWN' });

function readAll(state: ListenerState, chunks: readonly Uint8Array[]): ListenerStep {
  return chunks.reduce<ListenerStep>(
    (before, chunk) => {
      const { state: next, outputs } = readListener(before.state, chunk);
      return { state: next, outputs: [...before.outputs, ...outputs] };
    },
    { state, outputs: [] },
  );
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
  return [0, ...sorted].map((start, index) => bytes.slice(start, sorted[index] ?? bytes.length));
}

describe('the reader of the listener protocol', () => {
  it('understands the same wherever the bytes are cut', () => {
    fc.assert(
      fc.property(anyState, speech, fc.array(fc.nat(), { maxLength: 20 }), (state, bytes, places) => {
        expect(plain(readAll(state, cut(bytes, places)))).toEqual(plain(readAll(state, [bytes])));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps no more than a line, however much is said, and nothing of what it was lent', () => {
    fc.assert(
      fc.property(anyState, fc.array(speech, { maxLength: 6 }), (state, chunks) => {
        const lent = chunks.map((chunk) => Buffer.from(chunk));
        const step = readAll(state, lent);
        const before = plain(step);
        for (const chunk of lent) chunk.fill(0xff);
        expect(plain(step)).toEqual(before);
        expect(keptBytes(step.state)).toBeLessThanOrEqual(RESULT_LINE_BYTES_MAX);
      }),
      { numRuns: 100 },
    );
  });

  it('judges an event once: every BUSY ends in accepted, rejected or a bad line', () => {
    fc.assert(
      fc.property(speech, (bytes) => {
        const { state, outputs } = readAll(busyListener, [bytes]);
        const verdicts = outputs.filter(({ kind }) => kind !== 'moved').length;
        expect(verdicts).toBe(state.name === 'BUSY' ? 0 : 1);
      }),
      { numRuns: 200 },
    );
  });
});

/** Without the kinds of arrays that bytes come in. */
function plain(step: ListenerStep): unknown {
  return JSON.parse(JSON.stringify(step, (_, value) => (value instanceof Uint8Array ? [...value] : value)));
}

function keptBytes(state: ListenerState): number {
  if (state.name === 'ACKNOWLEDGED') return state.held.length;
  if (state.name !== 'BUSY') return 0;
  return state.phase === 'line' ? state.line.length : state.result.length;
}
