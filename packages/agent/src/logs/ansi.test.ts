import { describe, expect, it } from 'vitest';
import { AnsiStripper } from './ansi.ts';

function strip(...chunks: readonly string[]): string {
  const stripper = new AnsiStripper();
  const parts = chunks.map((chunk) => Buffer.from(stripper.strip(Buffer.from(chunk, 'latin1'))));
  return Buffer.concat([...parts, stripper.end()]).toString('latin1');
}

describe('AnsiStripper', () => {
  it.each([
    ['colours', '\x1b[31mred\x1b[0m plain \x1b[1;32mgreen\x1b[m', 'red plain green'],
    ['movement', '\x1b[2J\x1b[Hclear \x1b[10;20Hpos', 'clear pos'],
    ['modes', '\x1b[4hins\x1b[4l \x1b[?25lx', 'ins x'],
    ['a final byte that Supervisor does not know', 'b\x1b[2Xzz\n', 'bzz\n'],
    ['an escape of another kind stays', 'esc\x1bM', 'esc\x1bM'],
    ['escapes in a row', '\x1b\x1b[mx', '\x1bx'],
    ['a sequence that breaks off', '\x1b[12\nx', '\nx'],
    ['an escape at the end', 'x\x1b', 'x\x1b'],
    ['bytes above 127', 'gr\xc3\xbcn\x1b[m', 'gr\xc3\xbcn'],
  ])('%s', (_, text, expected) => {
    expect(strip(text)).toBe(expected);
  });
});
