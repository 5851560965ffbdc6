import { expect, it } from 'vitest';
import { inColumns, padded } from './columns.ts';

it('counts characters', () => {
  expect(padded('😀', 3)).toBe('😀  ');
  expect(padded('long', 3)).toBe('long');
});

it('fills column by column', () => {
  expect(inColumns(['a', 'bb', 'c', 'd', 'e'], 9)).toEqual(['a   c  e', 'bb  d   '].map((row) => row.padEnd(8)));
  expect(inColumns(['wide', 'words'], 3)).toEqual(['wide ', 'words']);
  expect(inColumns([], 10)).toEqual(['']);
});
