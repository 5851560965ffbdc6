/** What programs have written down of their own lives: the truth that the central history and the logs are compared with. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tidy/source-tree.ts';

/** One run, as the program itself saw it. */
export interface DiaryRun {
  readonly pid: number;
  /** What it said it was about to end with; undefined when it could say nothing: killed, or still there. */
  readonly code: number | undefined;
  /** It was asked to stop, and did. */
  readonly isStopped: boolean;
  /** How many lines it has written to its output; undefined when it could not say. */
  readonly lines: number | undefined;
  /** Another had started before it ended. */
  readonly isOvertaken: boolean;
}

export const diarist = join(root, 'test/faults/diarist.sh');

/** How many bytes of a log there are before the next one; the second is for programs that write much. */
const logBytes = [20_000, 400_000] as const;
/** One in so many programs writes much: more than a pipe holds, while nobody reads it for a second. */
const nthIsLoud = 5;

export interface DiaryConfOptions {
  /** They write numbered lines to their logs as well. */
  readonly areWriting: boolean;
}

/** Sections for programs d1 to dN, each of which ends less than nine times in a minute: from the tenth on ends are only counted. */
export function diaryConf(folder: string, count: number, { areWriting }: DiaryConfOptions): string {
  const seconds = (i: number) => 7.6 + (i % 7) * 0.4;
  return Array.from({ length: count }, (_, i) => {
    const name = `d${i + 1}`;
    const isLoud = i % nthIsLoud === nthIsLoud - 1;
    const work = areWriting ? `0.2 ${Math.ceil(seconds(i) / 0.2)} ${isLoud ? 3000 : 20}` : seconds(i).toFixed(2);
    const log = `stdout_logfile=${logFile(folder, name)}\nstdout_logfile_maxbytes=${logBytes[isLoud ? 1 : 0]}\n`;
    return (
      `[program:${name}]\ncommand=${diarist} ${diaryFile(folder, name)} ${work}\n` +
      'autorestart=true\nstartsecs=0\nstopasgroup=true\n' +
      (areWriting ? `${log}stdout_logfile_backups=200\n` : '')
    );
  }).join('\n');
}

export function diaryFile(folder: string, program: string): string {
  return join(folder, `${program}.diary`);
}

export function logFile(folder: string, program: string): string {
  return join(folder, `${program}.log`);
}

/** In the order in which they started. */
export function readDiary(file: string): readonly DiaryRun[] {
  if (!existsSync(file)) return [];
  const runs: DiaryRun[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const [word, pidText, linesText, codeText] = line.split(' ');
    const pid = Number(pidText);
    if (word === 'start') runs.push({ pid, code: undefined, isStopped: false, lines: undefined, isOvertaken: false });
    const at = runs.findLastIndex((run) => run.pid === pid);
    const run = runs[at];
    if (run === undefined) throw new Error(`${file}: '${line}' of a run that never started`);
    const end = { lines: Number(linesText), isOvertaken: at < runs.length - 1 };
    if (word === 'exit') runs[at] = { ...run, ...end, code: Number(codeText) };
    if (word === 'term') runs[at] = { ...run, ...end, isStopped: true };
  }
  return runs;
}
