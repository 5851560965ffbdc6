import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { readLogRange, tailLog } from './read-range.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-range-prop-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'log');

const log = fc.uint8Array({ maxLength: 40 });
const number = fc.integer({ min: -50, max: 50 });

it('a range is what a slice of the log would be', () => {
  fc.assert(
    fc.property(log, number, number, (bytes, offset, length) => {
      writeFileSync(path, bytes);
      const range = readLogRange(path, offset, length);
      if (length < 0 || (offset < 0 && length !== 0)) expect(range.kind).toBe('bad-arguments');
      else
        expect(range).toEqual({ kind: 'read', bytes: bytes.slice(offset, length === 0 ? undefined : offset + length) });
    }),
    { numRuns: 200 },
  );
});

it('who reads on from where the last range ended gets the whole log', () => {
  fc.assert(
    fc.property(log, fc.integer({ min: 1, max: 10 }), (bytes, length) => {
      writeFileSync(path, bytes);
      const pieces: number[] = [];
      for (let range = readLogRange(path, 0, length); range.kind === 'read' && range.bytes.length > 0; ) {
        pieces.push(...range.bytes);
        range = readLogRange(path, pieces.length, length);
      }
      expect(pieces).toEqual([...bytes]);
    }),
    { numRuns: 50 },
  );
});

it('a tail is the end of the log, no longer than asked for, and leads to where the log ends', () => {
  fc.assert(
    fc.property(log, number, number, (bytes, offset, length) => {
      writeFileSync(path, bytes);
      const tail = tailLog(path, offset, length);
      const isWanted = length > 0 && offset < bytes.length;
      expect(tail.bytes).toEqual(isWanted ? bytes.slice(-length) : new Uint8Array());
      expect(tail.offset).toBe(bytes.length);
      expect(tail.overflow).toBe(bytes.length > offset + length);
    }),
    { numRuns: 200 },
  );
});
