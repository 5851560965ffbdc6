/** Names of AUTO logs, and which files in childlogdir are such: what makes them, and what cleans up after them. */
import { closeSync, openSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError, messageOf, type Random } from '@fleetvisor/primitives';
import type { LogReporter } from './log-reporter.ts';

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
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
    }
  }
  throw new FleetError('internal', `cannot find a free name for the log of ${process} in ${folder}`, { folder });
}

/** Whether a file is an AUTO log, or a backup of one, of the daemon with this identifier. */
export function isAutoLogOf(fileName: string, identifier: string): boolean {
  const marker = `---${identifier}-`;
  const at = fileName.indexOf(marker, 1);
  return at !== -1 && /^\S+\.log\.?\d{0,4}$/.test(fileName.slice(at + marker.length));
}

/**
 * Removes the AUTO logs that an earlier life of this daemon left (unless `nocleanup`). Call it only once nobody else can
 * be running on this config: Supervisor calls it sooner, and a second start then deletes the logs of the first.
 */
export function removeAutoLogs({ folder, identifier }: AutoLogPlace, report: LogReporter): void {
  for (const name of listed(folder)) {
    if (!isAutoLogOf(name, identifier)) continue;
    const path = join(folder, name);
    try {
      unlinkSync(path);
    } catch (thrown) {
      report('warn', `Failed to clean up '${path}': ${messageOf(thrown)}`);
    }
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // where there is no folder there is nothing to clean; the first program that logs says what is wrong
  }
}
