/** Large inserts in statements of a size that SQLite takes: at most 32,766 values each. */
const rowsPerStatement = 1_000;

/** The rows in order, in pieces for one insert each. */
export function chunksOf<T>(rows: readonly T[]): T[][] {
  const count = Math.ceil(rows.length / rowsPerStatement);
  return Array.from({ length: count }, (_, i) => rows.slice(i * rowsPerStatement, (i + 1) * rowsPerStatement));
}
