/** The tables of a reference page, as the tests of the documents read them: which names a heading's tables have, in which state. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './source-tree.ts';

export interface ReferenceRow {
  /** What stands in code in its first cell: one thing, or several that share a row. */
  readonly names: readonly string[];
  readonly state: string;
  /** The third cell. */
  readonly about: string;
}

/** One table. */
export interface ReferenceTable {
  /** Of the section it stands in, without its `#`. */
  readonly heading: string;
  /** First cell of its head: what the rows are. */
  readonly kind: string;
  readonly rows: readonly ReferenceRow[];
}

/** @param document path from the root of the checkout */
export function readTables(document: string): readonly ReferenceTable[] {
  const tables: { heading: string; kind: string; rows: ReferenceRow[] }[] = [];
  let heading = '';
  let isInTable = false;
  for (const line of readFileSync(join(root, document), 'utf8').split('\n')) {
    heading = /^#+ (.*)/.exec(line)?.[1] ?? heading;
    if (!line.startsWith('|')) {
      isInTable = false;
      continue;
    }
    if (/^[|-]+$/.test(line)) continue;
    // A bar in code is written with a backslash.
    const [, first = '', state = '', about = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (isInTable) tables.at(-1)?.rows.push({ names: namesIn(first), state, about });
    else tables.push({ heading, kind: first, rows: [] });
    isInTable = true;
  }
  return tables;
}

function namesIn(cell: string): readonly string[] {
  const inCode = [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  return inCode.length > 0 ? inCode : [cell];
}

/** Every name in the tables of one kind under one heading, in the order of the page. */
export function namesUnder(tables: readonly ReferenceTable[], heading: string, kind: string): readonly string[] {
  return tables
    .filter((table) => table.heading === heading && table.kind === kind)
    .flatMap(({ rows }) => rows.flatMap(({ names }) => names));
}
