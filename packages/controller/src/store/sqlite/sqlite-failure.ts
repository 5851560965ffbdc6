/** SQLite's codes in words for the one who has to act at 3 a.m. Pure. */
import path from 'node:path';
import { type ErrorCode, FleetError } from '@fleetvisor/primitives';
import type { WorkerFailure } from './worker-protocol.ts';

interface Explanation {
  /** What the code begins with. */
  readonly prefix: string;
  readonly code: ErrorCode;
  readonly message: (databasePath: string) => string;
}

/** The first whose prefix fits. */
const explanations: readonly Explanation[] = [
  {
    prefix: 'LOCK_HELD',
    code: 'conflict',
    message: (p) =>
      `cannot use ${path.dirname(p)}: another fleet-controller is running on it; stop that one ` +
      `(fuser ${path.join(path.dirname(p), 'controller.lock')} names it) or give this one a folder of its own`,
  },
  {
    prefix: 'SQLITE_FULL',
    code: 'unavailable',
    message: (p) =>
      `cannot write ${p}: the disk is full; free space on ${path.dirname(p)}. Nothing that was acknowledged is lost`,
  },
  {
    prefix: 'SQLITE_BUSY',
    code: 'unavailable',
    message: (p) => `cannot write ${p}: another program has it locked; end it (fuser ${p} names it)`,
  },
  {
    prefix: 'SQLITE_READONLY',
    code: 'unavailable',
    message: (p) =>
      `cannot write ${p}: it is read-only for this user; make the folder and its files writable, or remount the disk`,
  },
  {
    prefix: 'SQLITE_CANTOPEN',
    code: 'unavailable',
    message: (p) => `cannot open ${p}: the folder must exist and be writable for this user`,
  },
  {
    prefix: 'SQLITE_IOERR',
    code: 'unavailable',
    message: (p) => `cannot read or write ${p}: the disk reports an error; look at the kernel's log (dmesg)`,
  },
  { prefix: 'SQLITE_CORRUPT', code: 'unavailable', message: damaged },
  { prefix: 'SQLITE_NOTADB', code: 'unavailable', message: damaged },
  {
    prefix: 'SQLITE_CONSTRAINT',
    code: 'conflict',
    message: (p) => `cannot store it in ${p}: it contradicts what is there`,
  },
];

/** The error for what the worker said; its own words are in the cause, SQLite's code in `facts.sqlite`. */
export function fleetErrorOf(failure: WorkerFailure, databasePath: string): FleetError {
  const found = explanations.find(({ prefix }) => failure.code.startsWith(prefix));
  const facts = { path: databasePath, sqlite: failure.code };
  const cause = new Error(failure.message);
  if (found !== undefined) return new FleetError(found.code, found.message(databasePath), facts, { cause });
  return new FleetError('internal', `cannot work with ${databasePath}: ${failure.message}`, facts, { cause });
}

/** Whether the error is a violated constraint of the kind (`UNIQUE`, `FOREIGNKEY`, `PRIMARYKEY`). */
export function isConstraint(error: unknown, kind: 'UNIQUE' | 'FOREIGNKEY' | 'PRIMARYKEY'): boolean {
  return error instanceof FleetError && error.facts.sqlite === `SQLITE_CONSTRAINT_${kind}`;
}

/** Whether the database is not what was written: from then on no write to it can be trusted. */
export function isDamage({ code }: WorkerFailure): boolean {
  return code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB');
}

function damaged(databasePath: string): string {
  return (
    `cannot use ${databasePath}: it is damaged or not a database, and nothing is written to it any more; stop the ` +
    'controller, keep a copy of the folder, and restore a backup (or try `sqlite3 … .recover`)'
  );
}
