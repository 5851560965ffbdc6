/** What programs have written down of their own lives: the truth that the central history is compared with. */
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
}

export const diarist = join(root, 'test/faults/diarist.sh');

/** Sections for programs d1 to dN, each of which ends less than nine times in a minute: from the tenth on ends are only counted. */
export function diaryConf(folder: string, count: number): string {
  const seconds = (i: number) => (7.6 + (i % 7) * 0.4).toFixed(2);
  return Array.from({ length: count }, (_, i) => {
    const name = `d${i + 1}`;
    const command = `${diarist} ${diaryFile(folder, name)} ${seconds(i)}`;
    return `[program:${name}]\ncommand=${command}\nautorestart=true\nstartsecs=0\nstopasgroup=true\n`;
  }).join('\n');
}

export function diaryFile(folder: string, program: string): string {
  return join(folder, `${program}.diary`);
}

/** In the order in which they started. */
export function readDiary(file: string): readonly DiaryRun[] {
  if (!existsSync(file)) return [];
  const runs: DiaryRun[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const [word, pidText, codeText] = line.split(' ');
    const pid = Number(pidText);
    if (word === 'start') runs.push({ pid, code: undefined, isStopped: false });
    const at = runs.findLastIndex((run) => run.pid === pid);
    const run = runs[at];
    if (run === undefined) throw new Error(`${file}: '${line}' of a run that never started`);
    if (word === 'exit') runs[at] = { ...run, code: Number(codeText) };
    if (word === 'term') runs[at] = { ...run, isStopped: true };
  }
  return runs;
}
