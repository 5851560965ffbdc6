/** Rows of cells to aligned lines. Cells are made visible here, so that no table can forget to. */
import { widthOf } from './display-width.ts';
import type { Colour, Painter } from './paint.ts';
import { visible } from './visible.ts';

export type Cell = string | { readonly text: string; readonly colour: Colour | undefined };

const gap = '   ';

/**
 * Every column but the last is padded to its widest cell; blanks at the end of a line are left out.
 * @param widths of the columns so far, where earlier rows are on the screen already; grows with these.
 */
export function alignColumns(rows: readonly (readonly Cell[])[], paint: Painter, widths: number[] = []): string[] {
  const texts = rows.map((row) => row.map(textOf));
  for (const row of texts) {
    for (const [i, text] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(text));
  }
  return rows.map((row, rowIndex) => {
    const cells = row.map((cell, i) => {
      const text = texts[rowIndex]?.[i] ?? '';
      const padding = i === row.length - 1 ? '' : ' '.repeat((widths[i] ?? 0) - widthOf(text));
      return paint(text, typeof cell === 'string' ? undefined : cell.colour) + padding;
    });
    return cells.join(gap).trimEnd();
  });
}

function textOf(cell: Cell): string {
  return visible(typeof cell === 'string' ? cell : cell.text);
}
