/** That the comparison finds what it is there to find. */
import { describe, expect, it } from 'vitest';
import type { CentralEvent } from './central-history.ts';
import { processFaults } from './compare.ts';
import type { DiaryRun } from './diary.ts';

type Details = CentralEvent['details'];
const event = (kind: string, details: Details): CentralEvent => {
  return { position: 1, host: 'h1', hostId: 'id', epoch: 'e', seq: 1, kind, process: 'd1', details };
};
const ran = (pid: number) => event('transition', { to: 'PROCESS_STATE_RUNNING', pid });
const ended = (pid: number, exit: Details['exit'] & object, to = 'PROCESS_STATE_EXITED') =>
  event('transition', { to, pid, exit });
const crashed = (pid: number) => event('crash', { pid });
const run = (pid: number, code: number | undefined, isStopped = false): DiaryRun => ({ pid, code, isStopped });

const diary = [run(10, 3), run(11, 0), run(12, undefined), run(13, undefined, true), run(10, 1)];
const history = [
  ...[ran(10), ended(10, { code: 3 }), crashed(10)],
  ...[ran(11), ended(11, {})],
  ...[ran(12), ended(12, { signal: 9 }), crashed(12)],
  ...[ran(13), ended(13, {}, 'PROCESS_STATE_STOPPED')],
  // The kernel has come round; before it another was ended before its first line.
  ...[ran(14), ended(14, { signal: 15 }, 'PROCESS_STATE_STOPPED')],
  ...[ran(10), ended(10, { code: 1 }), crashed(10)],
];
const killed = new Set([2]);
const without = (i: number) => history.filter((_, at) => at !== i);

describe('processFaults', () => {
  it('finds nothing where the history is as it was', () => {
    expect(processFaults('d1', diary, history, killed)).toEqual([]);
  });

  it.each(history.map((_, i) => i).filter((i) => i !== 10 && i !== 11))('finds that event %i is missing', (i) => {
    expect(processFaults('d1', diary, without(i), killed)).not.toEqual([]);
  });

  it.each(history.map((_, i) => i).filter((i) => i !== 10))('finds that event %i is there twice', (i) => {
    expect(processFaults('d1', diary, history.toSpliced(i, 0, ...history.slice(i, i + 1)), killed)).not.toEqual([]);
  });

  it.each<[string, readonly DiaryRun[], readonly CentralEvent[]]>([
    ['another order', diary, [...history.slice(3, 5), ...history.slice(0, 3), ...history.slice(5)]],
    ['a run that never was', diary, [...history, ran(99)]],
    ['another code', [run(10, 4), ...diary.slice(1)], history],
    ['a crash that was none', diary, history.toSpliced(5, 0, crashed(11))],
    ['a stop that is called a crash', diary, history.toSpliced(10, 0, crashed(13))],
  ])('finds %s', (_, wrote, told) => {
    expect(processFaults('d1', wrote, told, killed)).not.toEqual([]);
  });
});
