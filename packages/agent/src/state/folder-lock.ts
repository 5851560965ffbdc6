/**
 * One agent per data folder. Node has no flock, so the lock is an exclusive transaction on an empty SQLite file, held as
 * long as the agent lives: SQLite takes a POSIX record lock for it, which the kernel lets go of when the process ends in
 * whatever way. Nothing is ever stale, and children do not inherit it.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FleetError, messageOf } from '@fleetvisor/primitives';

/** SQLITE_BUSY: somebody else holds the lock. */
const sqliteBusy = 5;

/**
 * Takes the lock of a data folder until it is disposed of.
 * @throws FleetError `conflict` naming the folder and the holder's pid when another agent holds it.
 */
export function lockDataFolder(folder: string): Disposable {
  const pidFile = join(folder, 'agent.pid');
  const lock = takeLock(folder, pidFile);
  notePid(pidFile);
  return {
    [Symbol.dispose]: () => {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

/** For the message of whoever comes too late: on a full disk that does without it. */
function notePid(pidFile: string): void {
  try {
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch {
    rmSync(pidFile, { force: true }); // better none than another's
  }
}

function takeLock(folder: string, pidFile: string): DatabaseSync {
  const path = join(folder, 'agent.lock');
  let lock: DatabaseSync | undefined;
  try {
    // Never open this file by other means: closing any descriptor of it would drop the lock (fcntl(2)).
    lock = new DatabaseSync(path, { timeout: 0 });
    // No journal beside it, for which a full disk has no room: nothing is ever written.
    lock.exec('PRAGMA journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if (isBusy(cause)) throw heldBy(folder, pidIn(pidFile), cause);
    throw new FleetError(
      'unavailable',
      `cannot lock the data folder ${folder}: ${path}: ${messageOf(cause)}; make it writable for the user of the agent`,
      { folder, path },
      { cause },
    );
  }
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && 'errcode' in thrown && thrown.errcode === sqliteBusy;
}

/** Undefined when the holder has not yet written it. */
function pidIn(pidFile: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(pidFile, 'utf8'), 10) || undefined;
  } catch {
    return undefined; // the message does without it
  }
}

function heldBy(folder: string, pid: number | undefined, cause: unknown): FleetError {
  const holder = pid === undefined ? 'another agent' : `another agent (pid ${pid})`;
  return new FleetError(
    'conflict',
    `cannot use the data folder ${folder}: ${holder} is running on it; ` +
      'stop that one first, or give this one a folder of its own with --data-dir DIR',
    pid === undefined ? { folder } : { folder, pid },
    { cause },
  );
}
