import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from './line-diff.ts';

const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });

describe('diffLines', () => {
  it('leads from the one text to the other', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const changes = diffLines(before, after);
        expect(changes.filter(({ kind }) => kind !== 'added').map(({ line }) => line)).toEqual(before);
        expect(changes.filter(({ kind }) => kind !== 'removed').map(({ line }) => line)).toEqual(after);
      }),
      { numRuns: 300 },
    );
  });

  it('changes as few lines as the longest common subsequence allows', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const kept = diffLines(before, after).filter(({ kind }) => kind === 'same').length;
        expect(kept).toBe(longestCommon(before, after));
      }),
      { numRuns: 300 },
    );
  });

  it('gives up on the shortest way where there is next to nothing in common', () => {
    const before = Array.from({ length: 3_000 }, (_, i) => `before ${i}`);
    const after = Array.from({ length: 3_000 }, (_, i) => `after ${i}`);
    expect(diffLines(['same', ...before], ['same', ...after])).toHaveLength(6_001);
  });
});

/** The textbook's table: slow and obvious. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row: number[] = Array(b.length + 1).fill(0);
  for (const line of a) {
    const next = [0];
    for (let j = 0; j < b.length; j++) {
      next.push(line === b[j] ? (row[j] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
