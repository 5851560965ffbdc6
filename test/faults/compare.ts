/** The central history of one program against its diary, event by event. */
import type { CentralEvent } from './central-history.ts';
import type { DiaryRun } from './diary.ts';

/** A run as the history tells it. */
interface ToldRun {
  readonly pid: number;
  readonly run: string | undefined;
  end: ToldEnd | undefined;
  isCrash: boolean;
  isLossy: boolean;
}

interface ToldEnd {
  readonly to: string;
  readonly code: number | undefined;
  readonly signal: number | undefined;
  readonly isUnknown: boolean;
}

/** What the test has done, by the numbers of the runs in the diary. */
export interface Deeds {
  /** It has killed them. */
  readonly killed: ReadonlySet<number>;
  /** It has killed their agent: nobody may know how they ended. */
  readonly orphaned: ReadonlySet<number>;
}

export interface Comparison {
  /** What the history lacks, has twice, has in another order or tells otherwise than it was. */
  readonly faults: readonly string[];
  /** Runs of the diary that the history says may have lost what they wrote last. */
  readonly lossy: ReadonlySet<number>;
}

/** @param history of this one program */
export function compareHistory(
  program: string,
  diary: readonly DiaryRun[],
  history: readonly CentralEvent[],
  { killed, orphaned }: Deeds,
): Comparison {
  const faults: string[] = [];
  const lossy = new Set<number>();
  const told = toldRuns(history, (fault) => faults.push(fault));
  let next = 0;
  for (const [nth, run] of diary.entries()) {
    if (run.isOvertaken) faults.push(`its run ${nth + 1} (pid ${run.pid}) went on beside another`);
    const at = indexOf(told, next, run, orphaned.has(nth));
    const found = told[at];
    if (found === undefined) {
      faults.push(`its run ${nth + 1} (pid ${run.pid}) is not in the history, or not in its place`);
      continue;
    }
    faults.push(...told.slice(next, at).flatMap(unwritten));
    faults.push(...endFaults(run, found, killed.has(nth), orphaned.has(nth)));
    if (found.isLossy) lossy.add(nth);
    next = at + 1;
  }
  faults.push(...told.slice(next).flatMap(unwritten));
  if (faults.length > 0)
    faults.push(`as it was: ${diary.map(wordsOfDiary).join(', ')}`, `as told: ${told.map(wordsOf).join(', ')}`);
  return { faults: faults.map((fault) => `${program}: ${fault}`), lossy };
}

/** Of a run that an agent was killed over, and that ended unseen, its pipes are all that is left: nobody knows its pid. */
function indexOf(told: readonly ToldRun[], from: number, { pid }: DiaryRun, isOrphan: boolean): number {
  const at = told.findIndex((one, i) => i >= from && one.pid === pid);
  if (at >= 0 || !isOrphan) return at;
  return told.findIndex((one, i) => i >= from && one.pid === 0 && one.end?.isUnknown === true);
}

/** One that was ended before its first line could write nothing; nor could one whose agent was killed over ending it so. */
function unwritten({ pid, end }: ToldRun): readonly string[] {
  if (end?.signal !== undefined || end?.isUnknown === true) return [];
  return [`the history has a run (pid ${pid}) that never was: ${JSON.stringify(end)}`];
}

/** For whoever looks for the reason. */
function wordsOfDiary({ pid, code, isStopped }: DiaryRun): string {
  return `${pid} ${isStopped ? 'stopped' : (code ?? '?')}`;
}

function wordsOf({ pid, run, end, isCrash, isLossy }: ToldRun): string {
  const how =
    end === undefined ? '?' : `${end.to.replace('PROCESS_STATE_', '')} ${end.code ?? end.signal ?? 'unknown'}`;
  return `${pid} (run ${run}) ${how}${isCrash ? ' crash' : ''}${isLossy ? ' lossy' : ''}`;
}

function endFaults(
  { pid, code, isStopped }: DiaryRun,
  { end, isCrash, isLossy }: ToldRun,
  isKilled: boolean,
  isOrphan: boolean,
): readonly string[] {
  if (end === undefined) return [`pid ${pid} ended, the history does not say so`];
  if (end.isUnknown && !isOrphan) return [`pid ${pid} never was without its agent, the history does not know its end`];
  if (isLossy && !end.isUnknown) return [`pid ${pid} is said to have lost output, and how it ended is known`];
  if (isStopped || end.to === 'PROCESS_STATE_STOPPED') {
    return isCrash ? [`pid ${pid} was stopped, the history calls it a crash`] : [];
  }
  if (!isKilled && code === undefined)
    return [`pid ${pid} never ended by itself, the history has ${JSON.stringify(end)}`];
  if (end.isUnknown) return isCrash ? [] : [`pid ${pid} ended as nobody knows, which is no crash in the history`];
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
    const last = runs.findLast((run) => run.pid === pid && (pid !== 0 || run.run === details.run));
    if (kind === 'transition' && details.to === 'PROCESS_STATE_RUNNING') {
      runs.push({ pid, run: details.run, end: undefined, isCrash: false, isLossy: false });
    } else if (kind === 'transition' && details.exit !== undefined) {
      if (last === undefined || last.end !== undefined) onFault(`pid ${pid} has ended twice, or without having run`);
      else last.end = endOf(details.to ?? '', details.exit);
    } else if (kind === 'crash') {
      if (last === undefined || last.isCrash) onFault(`pid ${pid} has crashed twice, or without having run`);
      else last.isCrash = true;
    } else if (kind === 'outputLost') {
      const lossy = runs.findLast((run) => run.run === details.run);
      if (lossy === undefined || lossy.isLossy) onFault(`output of run ${details.run} is lost twice, or it never was`);
      else lossy.isLossy = true;
    }
  }
  return runs;
}

function endOf(to: string, exit: NonNullable<CentralEvent['details']['exit']>): ToldEnd {
  const { signal, unknown: isUnknown = false } = exit;
  // protobuf's JSON leaves a code of 0 out.
  return { to, signal, isUnknown, code: exit.code ?? (signal === undefined && !isUnknown ? 0 : undefined) };
}
