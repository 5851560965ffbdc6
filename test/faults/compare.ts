/** The central history of one program against its diary, event by event. */
import type { CentralEvent } from './central-history.ts';
import type { DiaryRun } from './diary.ts';

/** A run as the history tells it. */
interface ToldRun {
  readonly pid: number;
  end: ToldEnd | undefined;
  isCrash: boolean;
}

interface ToldEnd {
  readonly to: string;
  readonly code: number | undefined;
  readonly signal: number | undefined;
}

/**
 * What the history lacks, has twice, has in another order or tells otherwise than it was.
 * @param history of this one program
 * @param killed which runs of the diary the test has killed
 */
export function processFaults(
  program: string,
  diary: readonly DiaryRun[],
  history: readonly CentralEvent[],
  killed: ReadonlySet<number>,
): readonly string[] {
  const faults: string[] = [];
  const told = toldRuns(history, (fault) => faults.push(fault));
  let next = 0;
  for (const [nth, run] of diary.entries()) {
    const at = told.findIndex(({ pid }, i) => i >= next && pid === run.pid);
    const found = told[at];
    if (found === undefined) {
      faults.push(`its run ${nth + 1} (pid ${run.pid}) is not in the history, or not in its place`);
      continue;
    }
    faults.push(...told.slice(next, at).flatMap(unwritten));
    faults.push(...endFaults(run, found, killed.has(nth)));
    next = at + 1;
  }
  faults.push(...told.slice(next).flatMap(unwritten));
  return faults.map((fault) => `${program}: ${fault}`);
}

/** One that was ended before its first line could write nothing. */
function unwritten({ pid, end }: ToldRun): readonly string[] {
  return end?.signal === undefined ? [`the history has a run (pid ${pid}) that never was`] : [];
}

function endFaults(
  { pid, code, isStopped }: DiaryRun,
  { end, isCrash }: ToldRun,
  isKilled: boolean,
): readonly string[] {
  if (end === undefined) return [`pid ${pid} ended, the history does not say so`];
  if (isStopped || end.to === 'PROCESS_STATE_STOPPED') {
    return isCrash ? [`pid ${pid} was stopped, the history calls it a crash`] : [];
  }
  const isRight = isKilled ? end.signal === 9 : code !== undefined && end.code === code;
  if (!isRight)
    return [`pid ${pid} ended with ${isKilled ? 'signal 9' : code}, the history has ${JSON.stringify(end)}`];
  const hasCrashed = isKilled || code !== 0;
  if (hasCrashed === isCrash) return [];
  return [hasCrashed ? `pid ${pid} crashed, the history does not say so` : `pid ${pid} is said to have crashed`];
}

/** In the order in which they were told; a pid may come again after thousands of others. */
function toldRuns(history: readonly CentralEvent[], onFault: (fault: string) => void): readonly ToldRun[] {
  const runs: ToldRun[] = [];
  for (const { kind, details } of history) {
    const pid = details.pid ?? 0;
    const last = runs.findLast((run) => run.pid === pid);
    if (kind === 'transition' && details.to === 'PROCESS_STATE_RUNNING') {
      runs.push({ pid, end: undefined, isCrash: false });
    } else if (kind === 'transition' && details.exit !== undefined) {
      if (last === undefined || last.end !== undefined) onFault(`pid ${pid} has ended twice, or without having run`);
      else last.end = endOf(details.to ?? '', details.exit);
    } else if (kind === 'crash') {
      if (last === undefined || last.isCrash) onFault(`pid ${pid} has crashed twice, or without having run`);
      else last.isCrash = true;
    }
  }
  return runs;
}

function endOf(to: string, exit: NonNullable<CentralEvent['details']['exit']>): ToldEnd {
  const { signal } = exit;
  // protobuf's JSON leaves a code of 0 out.
  return { to, signal, code: exit.code ?? (signal === undefined ? 0 : undefined) };
}
