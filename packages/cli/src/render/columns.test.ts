import { describe, expect, it } from 'vitest';
import { alignColumns } from './columns.ts';
import { coloured, plain } from './paint.ts';

describe('alignColumns', () => {
  it('pads every column but the last, and leaves no blanks at the end', () => {
    const rows = [
      ['web1', 'cat', 'a long description'],
      ['db', 'postgres', ''],
    ];
    expect(alignColumns(rows, plain)).toEqual(['web1   cat        a long description', 'db     postgres']);
  });

  it('counts what is seen: not colours, and escapes as they are shown', () => {
    const rows = [
      [{ text: 'UP', colour: 'green' as const }, 'x'],
      ['a\u001bb', 'y'],
    ];
    expect(alignColumns(rows, coloured)).toEqual(['\u001b[32mUP\u001b[0m       x', 'a\\x1bb   y']);
  });

  it('counts the columns that characters take', () => {
    const rows = [
      ['größe-日本', 'x'],
      ['web1', 'y'],
    ];
    expect(alignColumns(rows, plain)).toEqual(['größe-日本   x', 'web1         y']);
  });

  it('goes on with the widths of what is on the screen already', () => {
    const widths: number[] = [];
    expect(alignColumns([['web-long', 'x']], plain, widths)).toEqual(['web-long   x']);
    expect(alignColumns([['db', 'y']], plain, widths)).toEqual(['db         y']);
  });
});
