import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findChdirProblem, findExecProblem, guessExecErrno } from './exec-problem.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-exec-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('findExecProblem', () => {
  it.each([
    ['a binary', undefined, '\x7fELF\0\0'],
    ['a script', undefined, '#! /bin/sh -e\n'],
    ['a script of a missing interpreter', 'ENOENT', '#!/no/such/interpreter\n'],
    ['a script that does not say of what', 'ENOEXEC', 'echo hi\n'],
    ['a script that says nothing', 'ENOEXEC', '#!\n'],
    ['an empty file', 'ENOEXEC', ''],
  ])('%s: %s', (name, expected, content) => {
    writeFileSync(join(folder, name), content, { mode: 0o755 });
    expect(findExecProblem(join(folder, name), undefined)).toBe(expected);
    expect(findExecProblem(`./${name}`, folder)).toBe(expected);
  });

  it('has nothing to say of a file that is not there', () => {
    expect(findExecProblem('/no/such/file', undefined)).toBeUndefined();
  });
});

describe('guessExecErrno', () => {
  it('blames the rights, else the loader', () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    expect(guessExecErrno(path, undefined)).toBe('EACCES');
    chmodSync(path, 0o755);
    expect(guessExecErrno(path, undefined)).toBe('ENOENT');
  });
});

describe('findChdirProblem', () => {
  it.each([
    ['/', undefined],
    ['/no/such/folder', 'ENOENT'],
    ['/etc/passwd', 'ENOTDIR'],
    ['/etc/passwd/x', 'ENOTDIR'],
  ])('%s: %s', (directory, expected) => {
    expect(findChdirProblem(directory)).toBe(expected);
  });
});
