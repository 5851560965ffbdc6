/** Names of AUTO logs, and which files in childlogdir are such: what makes them, and what cleans up after them. */
import { closeSync, openSync, readdirSync, realpathSync, unlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FleetError, messageOf, type Random } from '@fleetvisor/primitives';
import { errnoOf } from '../os/errno.ts';
import type { LogReporter } from './log-reporter.ts';
import { findOtherWriter, type OtherWriter } from './open-elsewhere.ts';

/** Of Python's tempfile, which Supervisor leaves the choice to. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789_';
const RANDOM_LENGTH = 8;
/** 37^8 names: a second try is a wonder, a tenth is a fault. */
const TRIES_MAX = 10;

export interface AutoLogPlace {
  readonly folder: string;
  /** Of the daemon: several may share the folder. */
  readonly identifier: string;
}

/** `<process>-<stdout|stderr>---<identifier>-<random>.log` */
export function autoLogName(process: string, stream: 'stdout' | 'stderr', identifier: string, random: Random): string {
  const bytes = random.bytes(RANDOM_LENGTH);
  const chance = Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
  return `${process}-${stream}---${identifier}-${chance}.log`;
}

/**
 * Makes an empty AUTO log that nobody else can read.
 * @returns its path
 * @throws the file system's error
 */
export function createAutoLog(
  process: string,
  stream: 'stdout' | 'stderr',
  { folder, identifier }: AutoLogPlace,
  random: Random,
): string {
  for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
    const path = join(folder, autoLogName(process, stream, identifier, random));
    try {
      closeSync(openSync(path, 'wx', 0o600));
      return path;
    } catch (thrown) {
      if (errnoOf(thrown) !== 'EEXIST') throw thrown;
    }
  }
  throw new FleetError('internal', `cannot find a free name for the log of ${process} in ${folder}`, { folder });
}

/**
 * Whether a file is an AUTO log of the daemon with this identifier, or was one: a backup, also where somebody has
 * compressed it. As in Supervisor anything may follow the name.
 */
export function isAutoLogOf(fileName: string, identifier: string): boolean {
  const marker = `---${identifier}-`;
  const at = fileName.indexOf(marker, 1);
  return at !== -1 && /^\S+\.log/.test(fileName.slice(at + marker.length));
}

/**
 * Removes the AUTO logs that an earlier life of this daemon left (unless `nocleanup`). Where another process writes to
 * one of them, another supervisor with this identifier and folder is alive, and all of them may be its own, also those
 * of programs that are stopped: then all stay. Supervisor removes them, so that a second start on one config, which then
 * fails, takes the logs of the first with it (trap 33).
 * @param own AUTO logs that stay, with their backups: of programs that outlast a reload
 */
export function removeAutoLogs(place: AutoLogPlace, report: LogReporter, own: readonly string[] = []): void {
  const kept = new Set(own.map((path) => basename(path)));
  const names = listed(place.folder).filter((name) => isAutoLogOf(name, place.identifier) && !kept.has(baseOf(name)));
  if (names.length === 0) return;
  const folder = realpathSync(place.folder);
  const writer = findOtherWriter(new Set(names.map((name) => join(folder, name))));
  if (writer !== undefined) return report('warn', whyLeft(place, writer));
  for (const name of names) {
    const path = join(place.folder, name);
    try {
      unlinkSync(path);
    } catch (thrown) {
      if (errnoOf(thrown) !== 'ENOENT') report('warn', `Failed to clean up '${path}': ${messageOf(thrown)}`);
    }
  }
}

/** Of a backup: the name of its log. */
function baseOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.log') + '.log'.length);
}

function whyLeft({ folder, identifier }: AutoLogPlace, writer: OtherWriter | 'unknown'): string {
  const cause =
    writer === 'unknown'
      ? 'this host has too many open files to tell whether another supervisor writes to them'
      : `pid ${writer.pid} writes to ${writer.path}; give each supervisor an identifier or a childlogdir of its own`;
  return `the automatic logs of '${identifier}' in ${folder} are not cleaned up: ${cause}`;
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // where there is no folder there is nothing to clean; the first program that logs says what is wrong
  }
}
