import { describe, expect, it } from 'vitest';
import { closeNames, didYouMean } from './close-names.ts';

const known = ['web1', 'web2', 'web10', 'db1', 'cache'];

describe('close names', () => {
  const cases: [string, readonly string[]][] = [
    ['wbe1', []],
    ['web3', ['web1', 'web2']],
    ['we1', ['web1']],
    ['db', ['db1']],
    ['cashe', ['cache']],
    ['web100', ['web10', 'web1']],
    ['printer', []],
    ['', []],
  ];
  it.each(cases)('of %o are %o', (name, close) => {
    expect(closeNames(name, known)).toEqual(close);
  });

  it('are at most three', () => {
    const many = Array.from({ length: 50 }, (_, n) => `web${10 + n}`);
    expect(closeNames('web99', many)).toHaveLength(3);
  });

  it('are told as a question, or not at all', () => {
    expect(didYouMean('web3', known)).toBe(' (did you mean web1 or web2?)');
    expect(didYouMean('printer', known)).toBe('');
  });
});
