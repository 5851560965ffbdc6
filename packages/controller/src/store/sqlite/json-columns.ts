/** Lists and maps that are kept as JSON text. What is read was written here, so its form is known. */
import type { RevisionRef } from '../../fleet/generation.ts';
import type { Selector } from '../../fleet/selector.ts';

export function texts(column: string): readonly string[] {
  return JSON.parse(column) as string[];
}

export function labels(column: string): Readonly<Record<string, string>> {
  return JSON.parse(column) as Record<string, string>;
}

export function selector(column: string): Selector {
  return JSON.parse(column) as Selector;
}

export function revisionRefs(column: string): readonly RevisionRef[] {
  const pairs = JSON.parse(column) as [string, string][];
  return pairs.map(([file, revision]) => ({ file, revision: BigInt(revision) }));
}

/** Revision numbers as text: JSON has no 64-bit integers. */
export function revisionRefsColumn(refs: readonly RevisionRef[]): string {
  return JSON.stringify(refs.map(({ file, revision }) => [file, String(revision)]));
}
