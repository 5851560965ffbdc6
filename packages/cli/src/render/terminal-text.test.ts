import { describe, expect, it } from 'vitest';
import { TerminalText } from './terminal-text.ts';

function shown(...pieces: readonly (string | Uint8Array)[]): string {
  const text = new TerminalText();
  return pieces.map((piece) => text.push(Buffer.from(piece))).join('') + text.end();
}

describe('TerminalText', () => {
  it.each([
    ['keeps text, tabs and ends of lines', 'a\tb\r\nc\n', 'a\tb\nc\n'],
    ['keeps colours', '\u001b[1;31mred\u001b[0m', '\u001b[1;31mred\u001b[0m'],
    ['drops moves of the cursor', 'a\u001b[2J\u001b[10;10Hb', 'ab'],
    ['drops private modes', 'a\u001b[?1049hb\u001b[>4;2mc', 'abc'],
    ['drops titles', 'a\u001b]0;title\u0007b\u001b]2;title\u001b\\c', 'abc'],
    ['drops what a device would be asked', 'a\u001bP+q544e\u001b\\b\u001b[6nc', 'abc'],
    ['drops sequences of two bytes', 'a\u001bcb\u001b(Bc', 'abc'],
    ['drops the C1 forms too', 'a\u009b2Jb\u009d0;x\u009cc', 'abc'],
    ['drops bells, backspaces and lone returns', 'a\u0007b\u0008c\rd', 'abcd'],
    ['drops what turns the direction', 'a\u202eb', 'ab'],
    ['ends a broken sequence with its line', 'a\u001b[12\nb', 'a\nb'],
  ])('%s', (_what, given, expected) => {
    expect(shown(given)).toBe(expected);
  });

  it('knows sequences and characters that are split over pieces', () => {
    expect(shown('a\u001b', '[3', '1mb\u001b]0;ti', 'tle\u0007c')).toBe('a\u001b[31mbc');
    expect(shown(Buffer.from([0xc3]), Buffer.from([0xa9]))).toBe('é');
    expect(shown('x', Buffer.from([0xc3]))).toBe('x\ufffd');
  });

  it('says the same however the bytes are cut', () => {
    const bytes = Buffer.from('né\u001b[31mred\u001b[0m\r\n\u001b]8;;http://x\u0007link\u001b[K\u009b6n!\n');
    const whole = shown(bytes);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(shown(bytes.subarray(0, cut), bytes.subarray(cut))).toBe(whole);
    }
  });
});
