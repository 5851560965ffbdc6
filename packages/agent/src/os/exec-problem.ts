/**
 * Why the kernel will refuse to execute a file, found out beforehand: Node cannot tell the reasons apart in time, and
 * its spawn (through glibc's execvp) would quietly give a script without `#!` to /bin/sh, which Supervisor does not.
 */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { errnoOf } from './errno.ts';

const HEAD_BYTES = 256;
const head = Buffer.alloc(HEAD_BYTES);

/**
 * @param file of a resolved command
 * @param directory from where it will be executed
 * @returns the errno of the exec, or undefined when nothing speaks against it
 */
export function findExecProblem(file: string, directory: string | undefined): 'ENOEXEC' | 'ENOENT' | undefined {
  const from = directory ?? '.';
  const start = readHead(resolve(from, file));
  if (start === undefined) return undefined;
  if (start.startsWith('#!')) {
    const interpreter = /^#![ \t]*([^ \t\n]+)/.exec(start)?.[1];
    if (interpreter === undefined) return 'ENOEXEC';
    return statSync(resolve(from, interpreter), { throwIfNoEntry: false }) === undefined ? 'ENOENT' : undefined;
  }
  return looksLikeText(start) ? 'ENOEXEC' : undefined;
}

/** Undefined where it cannot be read, which says nothing: an executable need not be readable. */
function readHead(path: string): string | undefined {
  try {
    const fd = openSync(path, 'r');
    try {
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
