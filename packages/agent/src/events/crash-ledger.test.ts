import { after, instant } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import type { Transition } from '../supervision/process/effect.ts';
import { runId } from '../supervision/process/state.ts';
import type { StateName } from '../supervision/status.ts';
import { admitCrash, admitTransition, type CrashWindow, keepsBack } from './crash-ledger.ts';

const zero = instant(0);
const exit = { kind: 'code', code: 3 } as const;

function told(from: StateName, to: StateName): Transition {
  return { from, to, run: runId(1), pid: 1, tries: 0, exit: undefined, expected: false, spawnError: '' };
}

/** A loop of `count` crashes, one every `everyMs`, each with the transitions around it. */
function crashLoop(count: number, everyMs: number) {
  let window: CrashWindow | undefined;
  let crashes = 0;
  let transitions = 0;
  for (let i = 0; i < count; i++) {
    const now = after(zero, i * everyMs);
    for (const transition of [told('EXITED', 'STARTING'), told('STARTING', 'RUNNING'), told('RUNNING', 'EXITED')]) {
      const admission = admitTransition(window, transition, now);
      window = admission.window;
      transitions += Number(admission.isRecorded);
    }
    const admission = admitCrash(window, exit, now, BigInt(i));
    window = admission.window;
    crashes += Number(admission.isRecorded);
  }
  return { window, crashes, transitions };
}

describe('the crash ledger', () => {
  it('records the first ten crashes of a minute in full and counts the rest', () => {
    const { window, crashes, transitions } = crashLoop(1000, 10);
    expect([crashes, transitions]).toEqual([10, 30]);
    expect(window?.repeat).toEqual({ count: 990, firstAtUs: 10n, lastAtUs: 999n, lastExit: exit });
    expect(window?.held).toMatchObject({ to: 'EXITED' });
  });

  it('keeps nothing back of a process that crashes ten times a minute', () => {
    const { window, crashes, transitions } = crashLoop(10, 6000);
    expect([crashes, transitions]).toEqual([10, 30]);
    expect(keepsBack(window)).toBe(false);
  });

  it('opens a new window after a minute', () => {
    const { window } = crashLoop(10, 10);
    const later = after(zero, 60_001);
    expect(admitCrash(window, exit, later, 0n)).toMatchObject({ isRecorded: true, window: { crashes: 1 } });
    expect(admitTransition(window, told('STOPPED', 'STARTING'), later).isRecorded).toBe(true);
  });

  it('holds back runs that end over and over as expected, too', () => {
    let window: CrashWindow | undefined;
    for (let i = 0; i < 20; i++) window = admitTransition(window, told('RUNNING', 'EXITED'), zero).window;
    expect(window).toMatchObject({ ends: 10, repeat: undefined, held: { to: 'EXITED' } });
  });

  it.each<StateName>(['STOPPING', 'STOPPED', 'FATAL', 'BACKOFF', 'UNKNOWN'])('never holds back %s', (to) => {
    const { window } = crashLoop(50, 10);
    const admission = admitTransition(window, told('EXITED', to), after(zero, 600));
    expect(admission).toMatchObject({ isRecorded: true, window: { held: undefined } });
  });
});
