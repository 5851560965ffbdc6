import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderFailure, makeFolder } from './make-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'make-folder-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function failureOf(folder: string): ReturnType<typeof folderFailure> | undefined {
  try {
    makeFolder(folder);
    return undefined;
  } catch (error) {
    return folderFailure(error);
  }
}

describe('makeFolder', () => {
  it('makes what is missing, for its user alone, and leaves what is there', () => {
    const folder = join(root, 'a/b');
    makeFolder(folder);
    makeFolder(folder, 0o755);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('comes back where the kernel lets nobody make a folder', () => {
    expect(failureOf('/proc/foo/bar')).toEqual({ reason: 'it cannot be made there', code: 'ENOENT' });
  });

  it('says that a part of the path is a file', () => {
    writeFileSync(join(root, 'file'), '');
    expect(failureOf(join(root, 'file/data'))?.reason).toBe('a part of the path is a file, not a folder');
  });
});
