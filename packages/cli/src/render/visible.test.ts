import { describe, expect, it } from 'vitest';
import { visible, visibleLines } from './visible.ts';

describe('visible', () => {
  it.each([
    ['plain', 'caffè 日本 😀', 'caffè 日本 😀'],
    ['an escape sequence', '\u001b[2Jx', '\\x1b[2Jx'],
    ['a title', '\u001b]0;owned\u0007', '\\x1b]0;owned\\x07'],
    ['a C1 control', 'a\u009b31mb', 'a\\x9b31mb'],
    ['ends of lines', 'a\nb\rc\td', 'a\\nb\\rc\\td'],
    ['text that turns its direction', 'abc\u202edcba', 'abc\\u202edcba'],
    ['half a surrogate pair', '\ud800x', '\\ud800x'],
    ['what cannot be seen', 'a\u200bb\ufeffc', 'a\\u200bb\\ufeffc'],
  ])('shows %s', (_what, given, shown) => {
    expect(visible(given)).toBe(shown);
  });

  it('keeps lines apart and ends with the last one', () => {
    expect(visibleLines('one\r\n\u001btwo\n\nfour\n')).toEqual(['one', '\\x1btwo', '', 'four']);
    expect(visibleLines('')).toEqual([]);
  });
});
