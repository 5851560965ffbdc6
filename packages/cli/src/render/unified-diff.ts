/** Differences of two texts in the unified format. Pure. */
import { diffLines, type LineChange } from './line-diff.ts';

const contextLines = 3;
const marks = { same: ' ', removed: '-', added: '+' } as const;
const noNewline = '\\ No newline at end of file';

/** Empty when the texts are equal. */
export function unifiedDiff(before: Side, after: Side): string[] {
  if (before.text === after.text) return [];
  const changes = diffLines(linesOf(before.text), linesOf(after.text));
  return [`--- ${before.name}`, `+++ ${after.name}`, ...hunksOf(changes).flatMap((hunk) => hunkLines(changes, hunk))];
}

export interface Side {
  readonly name: string;
  readonly text: string;
}

/** The last line keeps a mark where its newline is missing: that is a difference too. */
function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  const last = lines.pop();
  return last === '' || last === undefined ? lines : [...lines, `${last}\n${noNewline}`];
}

interface Hunk {
  readonly from: number;
  readonly to: number;
}

/** Changes with the lines around them, joined where they touch. */
function hunksOf(changes: readonly LineChange[]): Hunk[] {
  const hunks: { from: number; to: number }[] = [];
  changes.forEach((change, i) => {
    if (change.kind === 'same') return;
    const from = Math.max(0, i - contextLines);
    const to = Math.min(changes.length, i + contextLines + 1);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  });
  return hunks;
}

function hunkLines(changes: readonly LineChange[], { from, to }: Hunk): string[] {
  const shown = changes.slice(from, to);
  const before = range(changes, shown, from, 'added');
  const after = range(changes, shown, from, 'removed');
  return [`@@ -${before} +${after} @@`, ...shown.flatMap(({ kind, line }) => `${marks[kind]}${line}`.split('\n'))];
}

/** `first,count` on one side, which has no lines of kind `notHere`. A range without lines names the line before it. */
function range(
  changes: readonly LineChange[],
  shown: readonly LineChange[],
  from: number,
  notHere: LineChange['kind'],
) {
  const count = shown.filter(({ kind }) => kind !== notHere).length;
  const skipped = changes.slice(0, from).filter(({ kind }) => kind !== notHere).length;
  return `${count === 0 ? skipped : skipped + 1},${count}`;
}
