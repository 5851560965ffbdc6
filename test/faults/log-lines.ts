/** The logs of one program, all its backups together, against what it has written. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DiaryRun } from './diary.ts';

export interface LogComparison {
  /** What is missing, is there twice or is in another order than it was written. */
  readonly faults: readonly string[];
  /** Lines that are missing in one piece, where an agent was killed that may have had them in its hands. */
  readonly gaps: readonly string[];
}

/** What is known of the runs of a program, by their numbers in the diary. */
export interface Losses {
  /** They are said to have lost what they wrote last. */
  readonly lossy: ReadonlySet<number>;
  /** Their agent was killed. */
  readonly orphaned: ReadonlySet<number>;
}

/** A pipe holds no more, and no read takes more out of it. */
const pipeBytes = 65_536;

/** From the oldest backup to the log itself, as one text. */
export function readLogs(file: string): string {
  const number = (name: string) => Number(name.slice(basename(file).length + 1) || 0);
  const names = readdirSync(dirname(file)).filter((name) => new RegExp(`^${basename(file)}(\\.\\d+)?$`).test(name));
  const oldestFirst = names.toSorted((a, b) => number(b) - number(a));
  return oldestFirst.map((name) => readFileSync(join(dirname(file), name), 'utf8')).join('');
}

/** Consecutive lines of one run: `lines` is the number of its last one. */
interface Stretch {
  readonly pid: number;
  lines: number;
  readonly missing: { readonly after: number; readonly upto: number }[];
}

export function compareLog(
  program: string,
  diary: readonly DiaryRun[],
  log: string,
  { lossy, orphaned }: Losses,
): LogComparison {
  const faults: string[] = [];
  const gaps: string[] = [];
  const stretches = stretchesOf(log, (fault) => faults.push(`${program}: ${fault}`));
  let next = 0;
  for (const [nth, { pid, lines }] of diary.entries()) {
    const stretch = stretches[next];
    const isLogged = stretch?.pid === pid;
    if (isLogged) next++;
    const logged = isLogged ? stretch.lines : 0;
    const isShort = lines !== undefined && logged < lines && !lossy.has(nth);
    if (lines !== undefined && logged > lines)
      faults.push(`${program}: pid ${pid} wrote ${lines} lines, there are ${logged}`);
    const missing = [...(isLogged ? stretch.missing : []), ...(isShort ? [{ after: logged, upto: lines }] : [])];
    for (const { after, upto } of missing) {
      const text = `${program}: run ${nth + 1} (pid ${pid}) lacks its lines ${after + 1} to ${upto}`;
      const isHandful = (upto - after) * `${pid} ${upto}\n`.length <= pipeBytes;
      (isHandful && orphaned.has(nth) ? gaps : faults).push(text);
    }
  }
  for (const { pid, lines } of stretches.slice(next)) {
    faults.push(`${program}: the log has ${lines} lines of pid ${pid} out of place`);
  }
  return { faults, gaps };
}

function stretchesOf(log: string, onFault: (fault: string) => void): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const line of log.split('\n').slice(0, -1)) {
    const [pid = 0, number = 0] = line.split(' ').map(Number);
    let last = stretches.at(-1);
    // A pid may come round: its second run begins anew.
    if (last === undefined || last.pid !== pid || number === 1) {
      last = { pid, lines: 0, missing: [] };
      stretches.push(last);
    }
    if (number <= last.lines) onFault(`the log has '${line}' after line ${last.lines} of that run`);
    else if (number > last.lines + 1) last.missing.push({ after: last.lines, upto: number - 1 });
    last.lines = number;
  }
  return stretches;
}
