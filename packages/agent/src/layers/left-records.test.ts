import { instant } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import type { LeftLife, LeftProcess } from '../state/agent-life.ts';
import { runId } from '../supervision/process/state.ts';
import { type FoundRun, leftRecords } from './left-records.ts';

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

describe('leftRecords', () => {
  it.each([
    ['what is written down', life(written(3, 7)), [], [7], 3, 7],
    ['a child that was not written down any more', life(written(3, 7)), [found(4, 8)], [8], 4, 8],
    ['a run of which only the pipes are left: it has ended unseen', life(written(3, 7)), [found(4)], [], 4, 0],
    ['pipes of an earlier life, while the child lives', life(written(1, 7)), [found(5)], [7], 1, 7],
    ['a child that lives, beside pipes that nobody holds', undefined, [found(9), found(2, 7)], [7], 2, 7],
  ] as const)('takes %s', (_name, left, runs, alive, run, pid) => {
    const isAlive = ({ pid }: { readonly pid: number }) => (alive as readonly number[]).includes(pid);
    const record = leftRecords(left, runs, isAlive, moment)(web);
    expect(record?.state).toMatchObject({ name: 'RUNNING', run, child: { pid } });
  });

  it('takes no pipes for proof where nothing is known of the life they are of: on a disk they outlast a boot', () => {
    expect(leftRecords(undefined, [found(4)], () => false, moment)(web)).toBeUndefined();
  });
});
