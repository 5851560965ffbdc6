/**
 * Why the kernel will refuse to execute a file, found out beforehand: Node cannot tell the reasons apart in time, and
 * its spawn (through glibc's execvp) would quietly give a script without `#!` to /bin/sh, which Supervisor does not.
 */
import { accessSync, closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errnoOf } from './errno.ts';

const HEAD_BYTES = 256;
const head = Buffer.alloc(HEAD_BYTES);

/**
 * @param file of a resolved command
 * @param directory from where it will be executed
 * @returns the errno of the exec, or undefined when nothing speaks against it
 */
export function findExecProblem(
  file: string,
  directory: string | undefined,
): 'ENOEXEC' | 'ENOENT' | 'EACCES' | undefined {
  const from = directory ?? '.';
  const start = readHead(resolve(from, file));
  if (start === undefined) return undefined;
  if (start === 'no-file') return 'EACCES';
  if (start.startsWith('#!')) {
    const interpreter = /^#![ \t]*([^ \t\n]+)/.exec(start)?.[1];
    if (interpreter === undefined) return 'ENOEXEC';
    return statSync(resolve(from, interpreter), { throwIfNoEntry: false }) === undefined ? 'ENOENT' : undefined;
  }
  return looksLikeText(start) ? 'ENOEXEC' : undefined;
}

/**
 * Undefined where it cannot be read, which says nothing: an executable need not be readable. `no-file`: a pipe, a
 * device; opened without waiting, since the one who would open its other end may never come.
 */
function readHead(path: string): string | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!fstatSync(fd).isFile()) return 'no-file';
      return head.toString('latin1', 0, readSync(fd, head, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** Every binary format has a zero byte in its first few dozen; an empty file counts as text. */
function looksLikeText(start: string): boolean {
  return !start.includes('\0');
}

/**
 * Whether the modes alone say that anybody may execute a file. False is only a doubt: the user may own it, or be in its
 * group.
 * @param path absolute
 */
export function isExecutableByAll(path: string): boolean {
  try {
    const ways = new Set([path, realpathSync(path)]);
    return [...ways].every((way) => lineage(way).every((step) => (statSync(step).mode & 0o001) !== 0));
  } catch {
    return false;
  }
}

/** A path and every folder above it. */
function lineage(path: string): string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...lineage(above)];
}

/** The errno of an exec that has just failed although nothing spoke against it; a guess where the file looks right. */
export function guessExecErrno(file: string, directory: string | undefined): 'EACCES' | 'ENOENT' {
  try {
    accessSync(resolve(directory ?? '.', file), constants.X_OK);
    return 'ENOENT'; // the file is there: then its loader is not
  } catch (thrown) {
    return errnoOf(thrown) === 'EACCES' ? 'EACCES' : 'ENOENT';
  }
}

/** Why a folder cannot be entered, with our own rights; undefined when it can. */
export function findChdirProblem(directory: string): string | undefined {
  try {
    if (!statSync(directory).isDirectory()) return 'ENOTDIR';
    accessSync(directory, constants.X_OK);
    return undefined;
  } catch (thrown) {
    return errnoOf(thrown);
  }
}
