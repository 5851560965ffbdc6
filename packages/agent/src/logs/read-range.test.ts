import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RANGE_BYTES_MAX, readLogRange, tailLog } from './read-range.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-range-'));
afterAll(() => rmSync(folder, { recursive: true }));
const ten = join(folder, 'ten');
writeFileSync(ten, '0123456789');
const giant = join(folder, 'giant');
writeFileSync(giant, '');
truncateSync(giant, RANGE_BYTES_MAX + 1); // sparse: it takes no room
const fifo = join(folder, 'fifo');
execFileSync('mkfifo', [fifo]);

function read(path: string, offset: number, length: number): string {
  const range = readLogRange(path, offset, length);
  return range.kind === 'read' ? Buffer.from(range.bytes).toString() : range.kind;
}

// What Supervisor 4.2.5 answers.
describe('a range of a log', () => {
  it.each([
    [0, 0, '0123456789'],
    [0, 3, '012'],
    [4, 100, '456789'],
    [9, 0, '9'],
    [10, 0, ''],
    [11, 3, ''],
    [-3, 0, '789'],
    [-100, 0, '0123456789'],
    [0, -1, 'bad-arguments'],
    [-3, 2, 'bad-arguments'],
    [-3, -3, 'bad-arguments'],
  ])('(%d, %d): %s', (offset, length, expected) => {
    expect(read(ten, offset, length)).toBe(expected);
  });

  it.each([
    ['a log that is not there', join(folder, 'none'), 'no-file'],
    ['a log under what is no folder', join(ten, 'x'), 'no-file'],
    ['a FIFO, without waiting for its writer', fifo, 'failed'],
    ['a folder', folder, 'failed'],
    ['/dev/null', '/dev/null', ''],
    ['more than is read at a time', giant, 'failed'],
  ])('of %s', (_, path, expected) => {
    expect(read(path, 0, 0)).toBe(expected);
  });

  it('of a giant log can be had piece by piece', () => {
    expect(read(giant, RANGE_BYTES_MAX, 0)).toBe('\0');
  });
});

describe('the tail of a log', () => {
  it.each([
    [0, 0, '', true],
    [0, 3, '789', true],
    [0, 10, '0123456789', false],
    [0, 100, '0123456789', false],
    [4, 6, '456789', false],
    [8, 1, '9', true],
    [9, 3, '789', false],
    [10, 3, '', false],
    [11, 3, '', false],
    [0, -5, '', true],
    [-20, 11, '0123456789', true],
    [-1, 11, '0123456789', false],
  ])('(%d, %d): %s, overflow %s', (offset, length, text, overflow) => {
    expect(tailLog(ten, offset, length)).toEqual({ bytes: new Uint8Array(Buffer.from(text)), offset: 10, overflow });
  });

  it('is empty where there is no log, and where it cannot be read', () => {
    expect(tailLog(join(folder, 'none'), 7, 5)).toEqual({ bytes: new Uint8Array(), offset: 0, overflow: false });
    expect(tailLog(fifo, 7, 5)).toEqual({ bytes: new Uint8Array(), offset: 7, overflow: false });
  });

  it('gives no more at a time than a range', () => {
    expect(tailLog(giant, 0, RANGE_BYTES_MAX + 1).bytes).toHaveLength(RANGE_BYTES_MAX);
  });
});
