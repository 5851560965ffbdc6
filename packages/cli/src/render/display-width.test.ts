import { describe, expect, it } from 'vitest';
import { widthOf } from './display-width.ts';

describe('widthOf', () => {
  it.each<[string, string, number]>([
    ['nothing', '', 0],
    ['ASCII', 'web-1:cat', 9],
    ['letters with marks of their own', 'größe', 5],
    ['letters with marks behind them', 'gro\u0308ße', 5],
    ['Japanese', '日本', 4],
    ['Korean', '한국', 4],
    ['Korean in parts', '\u1112\u1161\u11ab', 2],
    ['full width', 'Ａ', 2],
    ['half width', 'ｱ', 1],
    ['a rare Chinese character', '𠮷', 2],
    ['a picture', '🚀', 2],
    ['a flag', '🇯🇵', 2],
    ['Greek and Cyrillic', 'αЖ', 2],
    ['all together', 'größe-日本', 10],
  ])('of %s', (_what, text, width) => {
    expect(widthOf(text)).toBe(width);
  });
});
