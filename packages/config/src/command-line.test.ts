import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCommand } from './command-line.ts';

describe('splitCommand', () => {
  it.each([
    ['/bin/cat -u', ['/bin/cat', '-u']],
    ['  a\n\tb  ', ['a', 'b']],
    ['', []],
    [`a "two words" 'and $more' back\\ slash`, ['a', 'two words', 'and $more', 'back slash']],
    [String.raw`"in\"ner" "c:\\dir" "a\b" 'a\b' a\b`, ['in"ner', 'c:\\dir', 'a\\b', 'a\\b', 'ab']],
    [`'' "" x''y`, ['', '', 'xy']],
    ['a && b | c > d # e; f * ~ $X', ['a', '&&', 'b', '|', 'c', '>', 'd', '#', 'e;', 'f', '*', '~', '$X']],
    ['🐈 é\\🐈', ['🐈', 'é🐈']],
  ])('%j', (command, words) => {
    expect(splitCommand(command)).toEqual({ ok: true, words });
  });

  it.each([
    ['/bin/echo "foo', 'No closing quotation'],
    ["it's", 'No closing quotation'],
    ['x \\', 'No escaped character'],
    ['"x\\', 'No escaped character'],
  ])('%j is refused', (command, reason) => {
    expect(splitCommand(command)).toEqual({ ok: false, reason });
  });

  it('gives back words that were quoted', () => {
    const quoted = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 10 }), { maxLength: 5 }), (words) => {
        expect(splitCommand(words.map(quoted).join(' '))).toEqual({ ok: true, words });
      }),
    );
  });

  it('always answers', () => {
    const text = fc.array(fc.constantFrom('"', "'", '\\', ' ', 'a', '\n', '#', 'é')).map((chars) => chars.join(''));
    fc.assert(fc.property(text, (command) => typeof splitCommand(command).ok === 'boolean'));
  });
});
