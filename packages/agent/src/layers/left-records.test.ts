import { instant } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import type { LeftLife, LeftProcess } from '../state/agent-life.ts';
import { runId } from '../supervision/process/state.ts';
import { childLeft, type FoundRun, leftRecords } from './left-records.ts';

const web = { group: 'web', name: 'web' };
const moment = { now: instant(60_000_000), wallTimeUs: 1_000_000_000n };
const child = (pid: number) => ({ pid, startTicks: 1_000n });
const found = (run: number, pid?: number): FoundRun => ({
  name: 'web',
  run,
  child: pid === undefined ? undefined : child(pid),
});

/** Written down as RUNNING. */
function written(run: number, pid: number): LeftProcess {
  return {
    state: { name: 'RUNNING', run: runId(run), child: { pid, since: instant(0), signalled: [] } },
    facts: { startedAtUs: 1n, stoppedAtUs: 0n, lastExit: undefined, crashCount: 0 },
    child: child(pid),
    autoLogs: {},
  };
}

const life = (process: LeftProcess | undefined): LeftLife => {
  return { agentVersion: '0.1.0', ending: 'nothing', groups: [], process: () => process };
};

/** Written down as over. */
const over = (run: number): LeftProcess => {
  const record = written(run, 7);
  const state = {
    name: 'EXITED',
    run: runId(run),
    exit: { kind: 'unknown' },
    spawnError: '',
    startAt: undefined,
  } as const;
  return { ...record, state, child: undefined };
};

describe('leftRecords', () => {
  it.each<
    [string, LeftLife | undefined, readonly FoundRun[], readonly number[], readonly number[], number | undefined]
  >([
    ['what is written down', life(written(3, 7)), [], [7], [], 7],
    ['a child that was not written down any more', life(written(3, 7)), [found(4, 8)], [8], [4], 8],
    ['all runs on the way to it', life(written(3, 7)), [found(6, 8), found(4), found(5)], [8], [4, 5, 6], 8],
    [
      'a run of which only the pipes are left: it has ended unseen',
      life(written(3, 7)),
      [found(4)],
      [],
      [4],
      undefined,
    ],
    ['a child of one that was written down as over before it', life(over(3)), [found(4, 8)], [8], [4], 8],
    ['a child of a program that was never written down', life(undefined), [found(1, 8)], [8], [1], 8],
    ['no pipes of an earlier life, while the child lives', life(written(1, 7)), [found(5)], [7], [], 7],
    [
      'no pipes of an earlier life beside a child that lives',
      life(written(1, 7)),
      [found(9), found(2, 8)],
      [8],
      [2],
      8,
    ],
    ['no pipes of an earlier life where none is known', undefined, [found(9), found(2, 7)], [7], [2], 7],
    ['nothing that a program which is over has left running', life(over(3)), [found(3, 8)], [8], [], undefined],
    ['nothing that holds the pipes of one that has ended', life(written(3, 7)), [found(3, 8)], [8], [], 7],
  ])('takes %s', (_name, left, runs, alive, later, pid) => {
    const isAlive = (known: { readonly pid: number }) => alive.includes(known.pid);
    const record = leftRecords(left, runs, isAlive, moment)(web);
    expect(record?.later.map(({ run }) => run)).toEqual(later);
    expect(record && childLeft(record)?.pid).toBe(pid);
    const [first] = later;
    if (first !== undefined) expect(record?.state.run).toBeLessThan(first);
  });

  it('tells since when what is found has run, by both clocks', () => {
    const later = leftRecords(life(written(3, 7)), [found(4, 8)], () => false, moment)(web)?.later;
    // Its ticks say that it began 10 s after the machine: 50 s ago.
    expect(later).toMatchObject([{ pid: 8, since: 10_000_000, startedAtUs: 950_000_000n }]);
  });

  it('takes no pipes for proof where nothing is known of the life they are of: on a disk they outlast a boot', () => {
    expect(leftRecords(undefined, [found(4)], () => false, moment)(web)).toBeUndefined();
  });
});
