import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocument } from './ini/read-document.ts';
import { canonicalText, printDocument } from './print.ts';
import { ProblemList } from './problem.ts';

function canonical(text: string): string {
  const result = canonicalText({ file: 'x', text });
  if (!result.ok) throw new Error('not a config');
  return result.text;
}

/** What a document says, without the places. */
function meaning(text: string) {
  const { sections, defaults } = readDocument({ file: 'x', text }, new ProblemList());
  const values = (options: ReadonlyMap<string, { value: string }>) =>
    Object.fromEntries([...options].map(([key, { value }]) => [key, value]));
  return {
    defaults: values(defaults),
    sections: Object.fromEntries([...sections].map(([name, { options }]) => [name, values(options)])),
  };
}

describe('canonicalText', () => {
  it('keeps what is said and drops how', () => {
    const text =
      '# note\n[program:b]\nUSER : ann ; who\ncommand = x\n   -u\n\n[program:a]\ncommand=y\n[program:b]\nuser=bob\n';
    expect(canonical(text)).toBe('[program:a]\ncommand=y\n\n[program:b]\ncommand=x\n\t-u\nuser=bob\n');
  });

  it('is the same for two files that say the same', () => {
    expect(canonical('[a]\nx=1\n[b]\ny=2')).toBe(canonical('; hello\r\n[b]\r\ny :  2 # two\r\n[a]\r\nX=1\r\n'));
    expect(canonical('[a]\nx=1')).not.toBe(canonical('[a]\nx=2'));
    expect(canonical('[a]\nx=%(here)s')).toContain('%(here)s');
  });

  it('gives the problems of what cannot be read', () => {
    expect(canonicalText({ file: 'x', text: 'oops' })).toMatchObject({ ok: false, problems: [{ line: 1 }] });
  });

  it('reads back to the same, and is then the same text', () => {
    const piece = fc.constantFrom(
      ...['[a]\n', '[b] x\n', '[DEFAULT]\n', '[c]d]\n', 'x=1\n', 'Y : 2\n', 'x#=a#b #c ;d\n', 'z=a;b ;c #d\n'],
      ...['=', ':', ' ', '\t', '\n', '\n  ', ' ;', '#', ';', 'k', 'é', '\u2028', '\x1c', '\x85', '\ufeff', ']', '['],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const printed = printDocument(readDocument({ file: 'x', text }, new ProblemList()));
        expect(meaning(printed)).toEqual(meaning(text));
        expect(canonical(printed)).toBe(printed);
      }),
      { numRuns: 2000 },
    );
  });
});
