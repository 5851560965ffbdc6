import { describe, expect, it } from 'vitest';
import { parseProcStat, readProcStat } from './proc-stat.ts';

describe('parseProcStat', () => {
  it('finds the fields behind a name with spaces and parentheses', () => {
    const line = '42 (a) b (c) S 7 42 41 0 -1 4194304 1 0 0 0 5 6 0 0 20 0 1 0 987654321 3000000 100 184467';
    const expected = { pid: 42, comm: 'a) b (c', state: 'S', ppid: 7, pgrp: 42, session: 41, startTicks: 987654321n };
    expect(parseProcStat(line)).toEqual(expected);
  });

  it.each(['', '42', '42 (cut', '42 (cut) S 7 42 41'])('knows nothing of the cut line %j', (line) => {
    expect(parseProcStat(line)).toBeUndefined();
  });
});

describe('readProcStat', () => {
  it('reads a live process', () => {
    expect(readProcStat(process.pid)).toMatchObject({ pid: process.pid, ppid: process.ppid });
  });

  it('finds nothing under a number that is no process', () => {
    expect(readProcStat(2 ** 22 + 1)).toBeUndefined();
  });
});
