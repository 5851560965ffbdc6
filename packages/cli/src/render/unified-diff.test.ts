import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

const numbered = Array.from({ length: 30 }, (_, i) => `line ${i}\n`);

function diff(before: string, after: string): string[] {
  return unifiedDiff({ name: 'a', text: before }, { name: 'b', text: after });
}

describe('unifiedDiff', () => {
  it('is empty for equal texts', () => {
    expect(diff('x\n', 'x\n')).toEqual([]);
  });

  it('shows changes with three lines around them, in hunks', () => {
    const after = numbered.with(3, 'three\n').toSpliced(25, 1);
    expect(diff(numbered.join(''), after.join(''))).toEqual([
      '--- a',
      '+++ b',
      '@@ -1,7 +1,7 @@',
      ...[' line 0', ' line 1', ' line 2', '-line 3', '+three', ' line 4', ' line 5', ' line 6'],
      '@@ -23,7 +23,6 @@',
      ...[' line 22', ' line 23', ' line 24', '-line 25', ' line 26', ' line 27', ' line 28'],
    ]);
  });

  it('tells a missing newline at the end', () => {
    expect(diff('a\nb', 'a\nb\n').slice(3)).toEqual([' a', '-b', '\\ No newline at end of file', '+b']);
  });

  const hasPatch = spawnSync('patch', ['--version']).status === 0;
  if (!hasPatch) process.stderr.write('SKIPPED: no patch(1) to try a diff with\n');
  it.runIf(hasPatch)('is what patch understands', () => {
    const folder = mkdtempSync(join(tmpdir(), 'unified-diff-'));
    try {
      const before = numbered.join('');
      const after = ['new\n', ...numbered.with(10, 'ten\n').toSpliced(20, 3), 'end'].join('');
      writeFileSync(join(folder, 'a'), before);
      const patched = spawnSync('patch', [join(folder, 'a')], { input: `${diff(before, after).join('\n')}\n` });
      expect(patched.status).toBe(0);
      expect(readFileSync(join(folder, 'a'), 'utf8')).toBe(after);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
