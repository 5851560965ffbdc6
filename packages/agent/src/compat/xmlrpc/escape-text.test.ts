import { describe, expect, it } from 'vitest';
import { escapeText } from './escape-text.ts';

describe('escapeText', () => {
  it.each([
    ['plain text stays as it is: é 中 😀 \t\n\x7f\x85', 'plain text stays as it is: é 中 😀 \t\n\x7f\x85'],
    ['<b>&</b>', '&lt;b&gt;&amp;&lt;/b&gt;'],
    ['\x1b[31mred\x1b[0m\x00\x07', '␛[31mred␛[0m␀␇'],
    ['a\r\nb', 'a&#13;\nb'],
    ['half a pair \ud83d, the other \ude00', 'half a pair \ufffd, the other \ufffd'],
    ['\ufffe\uffff', '\ufffd\ufffd'],
  ])('%j', (given, escaped) => {
    expect(escapeText(given)).toBe(escaped);
  });
});
