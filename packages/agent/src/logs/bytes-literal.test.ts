import { describe, expect, it } from 'vitest';
import { bytesLiteral, textOrLiteral } from './bytes-literal.ts';

describe('bytesLiteral', () => {
  // Each as Python's repr has it.
  it.each([
    ['plain', 'plain', "b'plain'"],
    ['both quotes', `'"`, `b'\\'"'`],
    ['a single quote alone', "it's", `b"it's"`],
    ['a double quote alone', '"', `b'"'`],
    ['named escapes', 'a\\\t\n\r', "b'a\\\\\\t\\n\\r'"],
    ['other bytes', '\x00\x1b\x7f\x80\xff~ ', "b'\\x00\\x1b\\x7f\\x80\\xff~ '"],
    ['nothing', '', "b''"],
  ])('%s', (_, latin1, literal) => {
    expect(bytesLiteral(Buffer.from(latin1, 'latin1'))).toBe(literal);
  });
});

describe('textOrLiteral', () => {
  it('leaves text as it is, a byte order mark included', () => {
    expect(textOrLiteral(Buffer.from('\ufeffcafé 🙂\n'))).toBe('\ufeffcafé 🙂\n');
  });

  it('shows what is no UTF-8', () => {
    expect(textOrLiteral(Buffer.from('caf\xe9', 'latin1'))).toBe("Undecodable: b'caf\\xe9'");
  });
});
