/** That the reading of logs finds what it is there to find. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DiaryRun } from './diary.ts';
import { compareLog, readLogs } from './log-lines.ts';

const run = (pid: number, lines: number | undefined): DiaryRun => {
  return { pid, lines, code: 0, isStopped: false, isOvertaken: false };
};
const wrote = (pid: number, ...numbers: readonly number[]) => numbers.map((number) => `${pid} ${number}\n`).join('');

// The third was killed, the fourth wrote nothing, and a pid has come round.
const diary = [run(5, 3), run(6, 2), run(7, undefined), run(8, 0), run(5, 2)];
const log = wrote(5, 1, 2, 3) + wrote(6, 1, 2) + wrote(7, 1, 2, 3) + wrote(5, 1, 2);
const compare = (text: string, lossy: readonly number[] = [], orphaned: readonly number[] = []) =>
  compareLog('d1', diary, text, { lossy: new Set(lossy), orphaned: new Set(orphaned) });
const faultsOf = (text: string, lossy: readonly number[] = []) => {
  const { faults, gaps } = compare(text, lossy);
  expect(gaps).toEqual([]);
  return faults;
};

describe('compareLog', () => {
  it('finds nothing where the log is as it was written', () => {
    expect(faultsOf(log)).toEqual([]);
  });

  it('finds any line that is missing or there twice, but for the last of one that was killed', () => {
    const lines = log.split('\n').slice(0, -1);
    for (const [i, line] of lines.entries()) {
      if (line === '7 3') continue;
      expect(faultsOf(`${lines.toSpliced(i, 1).join('\n')}\n`), `without line ${i}`).not.toEqual([]);
      expect(faultsOf(`${lines.toSpliced(i, 0, line).join('\n')}\n`), `line ${i} twice`).not.toEqual([]);
    }
  });

  it('lets runs that are said to be lossy lack their end, and nothing else', () => {
    const without = (line: string) => log.replace(line, '');
    expect(faultsOf(without('6 2\n'), [1])).toEqual([]);
    expect(faultsOf(without('6 1\n6 2\n'), [1])).toEqual([]);
    expect(faultsOf(without('6 1\n'), [1])).not.toEqual([]);
    expect(faultsOf(without('5 2\n'), [0])).not.toEqual([]);
  });

  it('counts what an agent may have had in its hands that was killed, wherever it is missing', () => {
    for (const line of ['5 1\n', '5 2\n', '5 3\n', '5 1\n5 2\n5 3\n']) {
      expect(compare(log.replace(line, ''), [], [0]), line).toEqual({ faults: [], gaps: [expect.any(String)] });
    }
    const two = log.replace('5 1\n', '').replace('5 3\n', '');
    expect(compare(two, [], [0]).gaps).toHaveLength(2);
  });

  it('counts no more than a pipe holds', () => {
    const long = [run(5, 10_000)];
    const numbers = Array.from({ length: 10_000 }, (_, i) => i + 1);
    const text = wrote(5, ...numbers.filter((number) => number < 100 || number > 9_900));
    expect(compareLog('d1', long, text, { lossy: new Set(), orphaned: new Set([0]) }).faults).toHaveLength(1);
  });
});

describe('readLogs', () => {
  it('reads backups from the oldest on, and no other files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'log-lines-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const name of ['d1.log', 'd1.log.1', 'd1.log.2', 'd1.log.10', 'd11.log', 'd1.logs']) {
      writeFileSync(join(folder, name), `${name} `);
    }
    expect(readLogs(join(folder, 'd1.log'))).toBe('d1.log.10 d1.log.2 d1.log.1 d1.log ');
  });
});
