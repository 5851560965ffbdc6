/** That the comparison finds what it is there to find. */
import { describe, expect, it } from 'vitest';
import type { CentralEvent } from './central-history.ts';
import { compareHistory, type Deeds } from './compare.ts';
import type { DiaryRun } from './diary.ts';

type Details = CentralEvent['details'];
const event = (kind: string, details: Details): CentralEvent => {
  return { position: 1, host: 'h1', hostId: 'id', epoch: 'e', seq: 1, kind, process: 'd1', details };
};
const ran = (pid: number, run = String(pid)) => event('transition', { to: 'PROCESS_STATE_RUNNING', pid, run });
const ended = (pid: number, exit: Details['exit'] & object, to = 'PROCESS_STATE_EXITED') =>
  event('transition', { to, pid, exit });
const crashed = (pid: number) => event('crash', { pid });
const run = (pid: number, code: number | undefined, more: Partial<DiaryRun> = {}): DiaryRun => {
  return { pid, code, isStopped: false, lines: 0, isOvertaken: false, ...more };
};
const lost = (run: string) => event('outputLost', { run });

const diary = [
  run(10, 3),
  run(11, 0),
  run(12, undefined),
  run(13, undefined, { isStopped: true }),
  run(10, 1),
  run(15, 2),
  run(16, 0),
];
const history = [
  ...[ran(10), ended(10, { code: 3 }), crashed(10)],
  ...[ran(11), ended(11, {})],
  ...[ran(12), ended(12, { signal: 9 }), crashed(12)],
  ...[ran(13), ended(13, {}, 'PROCESS_STATE_STOPPED')],
  // The kernel has come round; before it another was ended before its first line.
  ...[ran(14), ended(14, { signal: 15 }, 'PROCESS_STATE_STOPPED')],
  ...[ran(10, '20'), ended(10, { code: 1 }), crashed(10)],
  // Their agent was killed; the second ended before there was another one.
  ...[ran(15), ended(15, { unknown: true }), crashed(15)],
  ...[ran(16), lost('16'), ended(16, { unknown: true }), crashed(16)],
];
const deeds: Deeds = { killed: new Set([2]), orphaned: new Set([5, 6]) };
const faultsOf = (wrote: readonly DiaryRun[], told: readonly CentralEvent[], done = deeds) =>
  compareHistory('d1', wrote, told, done).faults;
const indices = history.map((_, i) => i);
const without = (i: number) => history.filter((_, at) => at !== i);

describe('compareHistory', () => {
  it('finds nothing where the history is as it was', () => {
    expect(faultsOf(diary, history)).toEqual([]);
    expect([...compareHistory('d1', diary, history, deeds).lossy]).toEqual([6]);
  });

  it.each(indices.filter((i) => i !== 10 && i !== 11 && history[i]?.kind !== 'outputLost'))(
    'finds that event %i is missing',
    (i) => {
      expect(faultsOf(diary, without(i))).not.toEqual([]);
    },
  );

  it.each(indices.filter((i) => i !== 10))('finds that event %i is there twice', (i) => {
    expect(faultsOf(diary, history.toSpliced(i, 0, ...history.slice(i, i + 1)))).not.toEqual([]);
  });

  it.each<[string, readonly DiaryRun[], readonly CentralEvent[]]>([
    ['another order', diary, [...history.slice(3, 5), ...history.slice(0, 3), ...history.slice(5)]],
    ['a run that never was', diary, [...history, ran(99)]],
    ['another code', [run(10, 4), ...diary.slice(1)], history],
    ['two at once', diary.with(0, run(10, 3, { isOvertaken: true })), history],
    ['one that never ended by itself', diary.with(5, run(15, undefined)), history],
    ['output that was not lost', diary, history.toSpliced(1, 0, lost('10'))],
    ['a crash that was none', diary, history.toSpliced(5, 0, crashed(11))],
    ['a stop that is called a crash', diary, history.toSpliced(10, 0, crashed(13))],
  ])('finds %s', (_, wrote, told) => {
    expect(faultsOf(wrote, told)).not.toEqual([]);
  });

  it('takes pipes without a child for a run that was, where there is no other', () => {
    const pipes = [
      ran(0, '21'),
      event('transition', { to: 'PROCESS_STATE_EXITED', pid: 0, run: '21', exit: { unknown: true } }),
    ];
    const end = event('crash', { pid: 0, run: '21' });
    // Made by an agent that was killed before there was a child.
    expect(faultsOf(diary, history.toSpliced(15, 0, ...pipes, end))).toEqual([]);
    // Of one that ended before anybody saw it.
    expect(faultsOf(diary, history.toSpliced(15, 3, ...pipes, end))).toEqual([]);
    expect(faultsOf(diary, history.toSpliced(15, 3, ...pipes, end), { ...deeds, orphaned: new Set() })).not.toEqual([]);
  });

  it('finds an end that is not known although its agent lived', () => {
    expect(faultsOf(diary, history, { ...deeds, orphaned: new Set([6]) })).not.toEqual([]);
  });
});
