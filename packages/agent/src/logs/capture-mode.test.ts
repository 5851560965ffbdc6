import { describe, expect, it } from 'vitest';
import { CaptureMode } from './capture-mode.ts';

/** What a stream is taken for: output as it is, messages in brackets. */
function taken(...chunks: readonly string[]): readonly string[] {
  const parts: string[] = [];
  const mode = new CaptureMode({
    outside: (bytes) => parts.push(Buffer.from(bytes).toString('latin1')),
    inside: (bytes) => parts.push(`[${Buffer.from(bytes).toString('latin1')}]`),
    messageEnd: () => parts.push('.'),
    brokenOff: () => parts.push('...'),
  });
  for (const chunk of chunks) mode.write(Buffer.from(chunk, 'latin1'));
  mode.end();
  return parts;
}

const begin = '<!--XSUPERVISOR:BEGIN-->';
const end = '<!--XSUPERVISOR:END-->';

describe('capture mode', () => {
  it.each([
    ['no tag', ['text\n'], ['text\n']],
    ['a message', [`a${begin}m${end}b`], ['a', '[m]', '.', 'b']],
    ['messages in a row', [`${begin}1${end}${begin}2${end}`], ['[1]', '.', '[2]', '.']],
    ['an empty message', [`${begin}${end}`], ['.']],
    ['tags over chunks', ['a<!--XSUPER', 'VISOR:BEGIN-->m<!--XSUPERVISOR:EN', 'D-->b'], ['a', '[m]', '.', 'b']],
    ['what only began as a tag', ['a<!--XS', 'b'], ['a', '<!--XSb']],
    ['a false beginning before the tag', ['<<!--XSUPERVISOR:', `BEGIN-->m${end}`], ['<', '[m]', '.']],
    ['the wrong tag is text', [`${end}${begin}${begin}${end}`], [end, `[${begin}]`, '.']],
    ['a beginning at the end of all', ['short\n<!-'], ['short\n', '<!-']],
    ['a message that breaks off', [`a${begin}m<!--`], ['a', '[m]', '[<!--]', '...']],
  ])('%s', (_, chunks, expected) => {
    expect(taken(...chunks)).toEqual(expected);
  });
});
