import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environment } from './environment.ts';

describe('environment', () => {
  // As Supervisor's main branch reads them; 4.2.5 differs where a backslash or joined quotes are involved.
  it.each([
    ['', {}],
    ['A=1,B=2', { A: '1', B: '2' }],
    ['A="x,y",B=2', { A: 'x,y', B: '2' }],
    ['A=1,', { A: '1' }],
    ['A=1,\nB=2', { A: '1', B: '2' }],
    [`A='x "q" y'`, { A: 'x "q" y' }],
    ['A=1;B=2', { A: '1', B: '2' }],
    ['A=hello world', { A: 'hello' }],
    ['A=x#y,B=2', { A: 'x' }],
    ['A=http://h:80/p?q=1', { A: 'http://h:80/p', q: '1' }],
    ['A=~/x', { A: '~' }],
    ['A=""', { A: '' }],
    ['A="a\\"b"', { A: 'a"b' }],
    ['A=a\\ b', { A: 'a b' }],
    [`A="x"'y'`, { A: 'xy' }],
    ['"Q"=1', { Q: '1' }],
    ['A = 1 , a = 2 , A = 3', { A: '3', a: '2' }],
    ['A=(x-1.2+3):/y_z', { A: '(x-1.2+3):/y_z' }],
    ['A=é,B=ł', { A: 'é', B: 'ł' }],
    ['VAR1=value1,VAR2="a,b%c"', { VAR1: 'value1', VAR2: 'a,b%c' }],
  ])('%j', (text, value) => {
    expect(environment(text)).toEqual({ ok: true, value });
  });

  it.each(['A="1" B=2', 'A=1\n B=2', 'A=', 'A=x=y', 'A=foo@bar', 'A=1,,B=2', 'A', '=1'])('%j is refused', (text) => {
    const message = `Unexpected end of key/value pairs in value '${text}'`;
    expect(environment(text)).toMatchObject({ ok: false, message });
  });

  it('says what the lexer says', () => {
    expect(environment('A="x')).toMatchObject({ ok: false, message: 'No closing quotation' });
    expect(environment('A=x\\')).toMatchObject({ ok: false, message: 'No escaped character' });
  });

  it('takes any name for a variable', () => {
    const read = environment('__proto__=1,constructor=2');
    expect(read.ok && Object.entries(read.value)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  it('gives back any value that stands in quotes', () => {
    const quoted = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z_]{1,6}$/), fc.string()), (value) => {
        const text = Object.entries(value).map(([key, word]) => `${key}=${quoted(word)}`);
        expect(environment(text.join(','))).toEqual({ ok: true, value: { ...value } });
      }),
    );
  });
});
