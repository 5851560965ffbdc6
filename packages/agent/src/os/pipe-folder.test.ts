import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { choosePipeFolder } from './pipe-folder.ts';

describe('choosePipeFolder', () => {
  it('is the same for the same data folder, and another for another', () => {
    expect(choosePipeFolder('/var/lib/a')).toBe(choosePipeFolder('/var/lib/a'));
    expect(choosePipeFolder('/var/lib/a')).not.toBe(choosePipeFolder('/var/lib/b'));
  });

  it('lies in memory, but never where somebody else has something of that name', () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'fleet-data-'));
    const first = choosePipeFolder(dataFolder);
    const isInMemory = first !== join(dataFolder, 'pipes');
    if (isInMemory) {
      expect(statfsSync(dirname(first)).type).toBe(0x01021994);
      writeFileSync(first, 'not a folder');
      expect(choosePipeFolder(dataFolder)).not.toBe(first);
      rmSync(first);
    }
    rmSync(dataFolder, { recursive: true });
  });
});
