import { describe, expect, it } from 'vitest';
import { formatProblem, ProblemList } from '../problem.ts';
import { readDocument } from './read-document.ts';

function read(text: string | Uint8Array) {
  const problems = new ProblemList();
  const document = readDocument({ file: 'x.conf', text }, problems);
  const sections = Object.fromEntries(
    [...document.sections].map(([name, { options }]) => [
      name,
      Object.fromEntries([...options].map(([key, { value }]) => [key, value])),
    ]),
  );
  return { document, sections, problems: problems.all().map(formatProblem) };
}

describe('readSections', () => {
  it.each([
    [
      'key and value with either delimiter',
      '[a]\nx = 1\ny: 2\nz=3=4\nw : 5 = 6',
      { x: '1', y: '2', z: '3=4', w: '5 = 6' },
    ],
    ['keys in any case, values as they are', '[a]\nSTARTSECS=Yes', { startsecs: 'Yes' }],
    ['comments on lines of their own, at any indent', '[a]\n; no\n   # no\nx=1\n\t;no', { x: '1' }],
    ['comments after white space', '[a]\nx=1 ; no\ny=2\t# no\nz="3 ; 4"', { x: '1', y: '2', z: '"3' }],
    ['comment signs inside words', '[a]\nx=a;b\ny=a#b\nz=;c', { x: 'a;b', y: 'a#b', z: ';c' }],
    [
      'the first comment by rounds, as Python looks for it',
      '[a]\nx=a#b #c ;d\ny=a;b ;c #d',
      { x: 'a#b #c', y: 'a;b ;c' },
    ],
    ['continued lines', '[a]\nx=1\n  2\n\n   3\n\n\ny=4', { x: '1\n2\n\n3', y: '4' }],
    ['comments inside continued lines are dropped', '[a]\nx=\n  1 ; one\n  # none\n  2', { x: '\n1\n2' }],
    ['a deeper key belongs to the value above', '[a]\nx=1\n y=2', { x: '1\ny=2' }],
    ['keys that are all indented', '[a]\n  x=1\n  y=2', { x: '1', y: '2' }],
    ['the last of several keys', '[a]\nx=1\nx=2', { x: '2' }],
    ['sections that come again', '[a]\nx=1\ny=1\n[a]\ny=2', { x: '1', y: '2' }],
    ['text after a header', '[a] ; note\nx=1', { x: '1' }],
    ['any line end', '[a]\r\nx=1\r\n  2\r\ny=3\rz=4', { x: '1\n2', y: '3', z: '4' }],
    ['an empty value', '[a]\nx=\ny =  ; none', { x: '', y: '' }],
  ])('reads %s', (_, text, expected) => {
    const { sections, problems } = read(text);
    expect(problems).toEqual([]);
    expect(sections.a).toEqual(expected);
  });

  it('gives [DEFAULT] to no section by name and remembers every place', () => {
    const { document } = read('[DEFAULT]\nx=1\n[a]\n\ny=2');
    expect([...document.sections.keys()]).toEqual(['a']);
    expect(document.defaults.get('x')?.source).toEqual({ file: 'x.conf', line: 2 });
    expect(document.sections.get('a')?.options.get('y')?.source.line).toBe(5);
  });

  it('tells all bad lines at once', () => {
    const { problems } = read('[a]\nrem this\nx=1\n=2\ny');
    expect(problems.map((problem) => problem.split(';')[0])).toEqual([
      "x.conf:2: [a]: Source contains parsing errors: 'rem this'",
      "x.conf:4: [a]: Source contains parsing errors: '=2'",
      "x.conf:5: [a]: Source contains parsing errors: 'y'",
    ]);
  });

  it('stops at a line before the first section', () => {
    expect(read('; fine\nfoo=1\nbar=2\n[a]').problems).toEqual([
      expect.stringContaining("x.conf:2: File contains no section headers: 'foo=1' comes before the first one"),
    ]);
  });

  it('refuses a byte order mark as Supervisor does, and says so', () => {
    expect(read('\ufeff[a]\nx=1').problems).toEqual([
      String.raw`x.conf:1: File contains no section headers: '\ufeff[a]' comes before the first one; allowed: a file without a byte order mark`,
    ]);
  });

  it.each([
    [[0x61, 0x0a, 0xff], 2, 'byte 0xff in position 2: invalid start byte'],
    [[0x0a, 0x0a, 0xe2, 0x82, 0x0a], 3, 'bytes in position 2-3: invalid continuation byte'],
    [[0xe2, 0x82], 1, 'bytes in position 0-1: unexpected end of data'],
    [[0xc0, 0xaf], 1, 'byte 0xc0 in position 0: invalid start byte'],
    [[0xed, 0xa0, 0x80], 1, 'byte 0xed in position 0: invalid continuation byte'],
  ])('names the place of bytes that are no UTF-8: %j', (bytes, line, words) => {
    const message = `x.conf:${line}: 'utf-8' codec can't decode ${words}; allowed: text in UTF-8`;
    expect(read(Uint8Array.from(bytes)).problems).toEqual([message]);
  });
});
