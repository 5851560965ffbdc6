/** The central history of one program against its diary, event by event. */
import type { CentralEvent } from './central-history.ts';
import type { DiaryRun } from './diary.ts';

/** How a run ended, as the history tells. */
interface ToldEnd {
  readonly to: string;
  readonly code: number | undefined;
  readonly signal: number | undefined;
}

/**
 * What the history lacks, has twice, has in another order or tells otherwise than it was.
 * @param history of this one program
 * @param killed pids that the test has killed
 */
export function processFaults(
  program: string,
  diary: readonly DiaryRun[],
  history: readonly CentralEvent[],
  killed: ReadonlySet<number>,
): readonly string[] {
  const faults: string[] = [];
  const starts = startsOf(history);
  const ends = endsOf(history, (pid) => faults.push(`run ${pid} has ended twice`));
  const crashes = crashesOf(history, (pid) => faults.push(`run ${pid} has crashed twice`));

  const wrote = new Set(diary.map(({ pid }) => pid));
  const told = starts.filter((pid) => wrote.has(pid));
  const expected = diary.map(({ pid }) => pid);
  if (told.join() !== expected.join()) faults.push(`it ran as ${expected.join()}, the history has ${told.join()}`);
  // One that was ended before its first line could write nothing.
  for (const pid of starts.filter((started) => !wrote.has(started))) {
    if (ends.get(pid)?.signal === undefined) faults.push(`the history has a run ${pid} that never was`);
  }
  for (const run of diary) faults.push(...endFaults(run, ends.get(run.pid), crashes.get(run.pid), killed.has(run.pid)));
  return faults.map((fault) => `${program}: ${fault}`);
}

function endFaults(
  { pid, code, isStopped }: DiaryRun,
  end: ToldEnd | undefined,
  crash: ToldEnd | undefined,
  isKilled: boolean,
): readonly string[] {
  if (end === undefined) return [`run ${pid} ended, the history does not say so`];
  if (isStopped || end.to === 'PROCESS_STATE_STOPPED') {
    return crash === undefined ? [] : [`run ${pid} was stopped, the history calls it a crash`];
  }
  const isRight = isKilled ? end.signal === 9 : code !== undefined && end.code === code;
  if (!isRight)
    return [`run ${pid} ended with ${isKilled ? 'signal 9' : code}, the history has ${JSON.stringify(end)}`];
  const isCrash = isKilled || code !== 0;
  if (isCrash !== (crash !== undefined))
    return [`run ${pid} ${isCrash ? 'crashed: the history has no' : 'has a'} crash`];
  return [];
}

/** Pids in the order in which they were told. */
function startsOf(history: readonly CentralEvent[]): readonly number[] {
  return history
    .filter(({ kind, details }) => kind === 'transition' && details.to === 'PROCESS_STATE_RUNNING')
    .map(({ details }) => details.pid ?? 0);
}

function endsOf(history: readonly CentralEvent[], onTwice: (pid: number) => void): ReadonlyMap<number, ToldEnd> {
  return byPid(
    history.filter(({ kind, details }) => kind === 'transition' && details.exit !== undefined),
    onTwice,
  );
}

function crashesOf(history: readonly CentralEvent[], onTwice: (pid: number) => void): ReadonlyMap<number, ToldEnd> {
  return byPid(
    history.filter(({ kind }) => kind === 'crash'),
    onTwice,
  );
}

function byPid(events: readonly CentralEvent[], onTwice: (pid: number) => void): ReadonlyMap<number, ToldEnd> {
  const found = new Map<number, ToldEnd>();
  for (const { details } of events) {
    const pid = details.pid ?? 0;
    if (found.has(pid)) onTwice(pid);
    // protobuf's JSON leaves a code of 0 out.
    const { signal, code = signal === undefined ? 0 : undefined } = details.exit ?? {};
    found.set(pid, { to: details.to ?? '', code, signal });
  }
  return found;
}
