/** Text in columns. Widths count characters, as people see them. */

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}

/** Words in as few rows as fit, filled column by column, two blanks apart. */
export function inColumns(words: readonly string[], widthMax: number): string[] {
  for (let rows = 1; ; rows++) {
    const columns = Array.from({ length: Math.ceil(words.length / rows) }, (_, column) =>
      words.slice(column * rows, (column + 1) * rows),
    );
    const widths = columns.map((column) => Math.max(...column.map((word) => word.length)));
    const width = widths.reduce((sum, one) => sum + one + 2, -2);
    if (width > widthMax && rows < words.length) continue;
    return Array.from({ length: rows }, (_, row) =>
      columns.map((column, at) => (column[row] ?? '').padEnd(widths[at] ?? 0)).join('  '),
    );
  }
}
