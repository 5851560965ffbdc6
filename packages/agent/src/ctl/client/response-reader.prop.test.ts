import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedResponse, type ResponsePart, ResponseReader } from './response-reader.ts';

/** Heads and bodies of the answers, however the bytes were cut. */
function answersOf(parts: readonly ResponsePart[]) {
  const answers: { status: number; body: string; isWhole: boolean }[] = [];
  for (const part of parts) {
    if (part.kind === 'head') answers.push({ status: part.head.status, body: '', isWhole: false });
    const last = answers.at(-1);
    if (part.kind === 'body' && last) last.body += part.bytes.toString('latin1');
    if (part.kind === 'end' && last) last.isWhole = true;
  }
  return answers;
}

function sized(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function chunked(chunks: readonly string[]): string {
  const written = chunks.map((chunk) => `${chunk.length.toString(16)};x=y\r\n${chunk}\r\n`).join('');
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${written}0\r\nTrailer: x\r\n\r\n`;
}

const bytes = fc.string({ unit: 'binary-ascii', maxLength: 40 });

describe('ResponseReader', () => {
  it('reads the same answers however they are cut', () => {
    const answer = fc.oneof(
      bytes.map((body) => ({ text: sized(body), body })),
      fc
        .array(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 }), { maxLength: 4 })
        .map((chunks) => ({ text: chunked(chunks), body: chunks.join('') })),
    );
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 3 }), fc.array(fc.nat(200), { maxLength: 20 }), (answers, cuts) => {
        const whole = Buffer.from(answers.map(({ text }) => text).join(''), 'latin1');
        const reader = new ResponseReader();
        const parts: ResponsePart[] = [];
        let from = 0;
        for (const length of [...cuts, whole.length]) {
          parts.push(...reader.read(whole.subarray(from, from + length)));
          from += length;
        }
        expect(answersOf(parts)).toEqual(answers.map(({ body }) => ({ status: 200, body, isWhole: true })));
        expect(reader.closed()).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('says of anything at all that it is an answer, needs more, or is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (garbage) => {
        try {
          new ResponseReader().read(Buffer.from(garbage));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedResponse);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('skips interim answers, and reads to the end of the connection without a length', () => {
    const reader = new ResponseReader();
    const parts = reader.read(Buffer.from('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 Not Found\r\nA: b\r\n\r\ngone'));
    expect(answersOf(parts)).toEqual([{ status: 404, body: 'gone', isWhole: false }]);
    expect(reader.closed()).toBe(true);
  });

  it.each([
    ['SSH-2.0-OpenSSH\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['x'.repeat(70_000)],
  ])('refuses %j', (text) => {
    expect(() => new ResponseReader().read(Buffer.from(text))).toThrow(MalformedResponse);
  });
});
