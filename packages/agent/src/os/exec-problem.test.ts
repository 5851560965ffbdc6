import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findChdirProblem, findExecProblem, guessExecErrno, isExecutableByAll } from './exec-problem.ts';

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

  it('does not wait for somebody to write into a pipe that is named as a command', () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', ['-m', '755', path]);
    expect(findExecProblem(path, undefined)).toBe('EACCES');
    expect(findExecProblem('/dev/null', undefined)).toBe('EACCES');
  });

  it('has nothing to say of a file that is not there', () => {
    expect(findExecProblem('/no/such/file', undefined)).toBeUndefined();
  });
});

describe('isExecutableByAll', () => {
  it('asks the file and every folder on the way to it, also to what a link points to', () => {
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'open'), { mode: 0o755 });
    mkdirSync(join(folder, 'closed'), { mode: 0o700 });
    writeFileSync(join(folder, 'open', 'all'), '', { mode: 0o755 });
    writeFileSync(join(folder, 'open', 'own'), '', { mode: 0o700 });
    writeFileSync(join(folder, 'closed', 'all'), '', { mode: 0o755 });
    symlinkSync('../closed/all', join(folder, 'open', 'inward'));
    symlinkSync('../open/all', join(folder, 'closed', 'outward'));
    const answers = ['open/all', 'open/own', 'closed/all', 'open/inward', 'closed/outward', 'open/nothing'].map(
      (path) => isExecutableByAll(join(folder, path)),
    );
    expect(answers).toEqual([true, false, false, false, false, false]);
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
