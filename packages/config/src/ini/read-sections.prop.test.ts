import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemList } from '../problem.ts';
import { decodeText } from './decode-text.ts';
import { readDocument } from './read-document.ts';
import { stripComment } from './strip-comment.ts';

const piece = fc.constantFrom('[', ']', 'a', '=', ':', ' ', '\t', '\n', '\n  ', ' ;', '#', '[p]\n', 'x=1\n', '\r', 'é');

describe('reading a file', () => {
  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (text) => {
        readDocument({ file: 'x', text }, new ProblemList());
      }),
      { numRuns: 300 },
    );
  });

  it('finds each option on the line where it says it is', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        const document = readDocument({ file: 'x', text }, new ProblemList());
        const lines = text.replace(/\r\n?/g, '\n').split('\n');
        for (const { options } of document.sections.values()) {
          for (const [key, { source }] of options) expect(lines[source.line - 1]?.toLowerCase()).toContain(key);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes time in proportion to long lines of any one character', () => {
    for (const char of [' ', ';', '#', '[', ']', '=', '\t', '\n', '%', '(', '\\', '"']) {
      readDocument({ file: 'x', text: `[a]\nx=${char.repeat(200_000)}\n` }, new ProblemList());
      readDocument({ file: 'x', text: `[a]\n${char.repeat(200_000)}` }, new ProblemList());
    }
  });

  it('accepts the same bytes as the strict decoder of the platform', () => {
    const strict = new TextDecoder('utf-8', { fatal: true });
    const accepts = (bytes: Uint8Array) => {
      try {
        strict.decode(bytes);
        return true;
      } catch {
        return false;
      }
    };
    const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0xe0, 0xed, 0xf0, 0xf4, 0x80, 0x90, 0xbf));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 6 }), (bytes) => {
        const input = Uint8Array.from(bytes);
        expect(decodeText(input).ok).toBe(accepts(input));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds no further comment in a line freed of one, unless one sign hid the other', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', ' ', ';'), { maxLength: 20 }), (chars) => {
        const { text } = stripComment(chars.join(''));
        expect(stripComment(text)).toEqual({ text, hadComment: false });
      }),
    );
  });
});
