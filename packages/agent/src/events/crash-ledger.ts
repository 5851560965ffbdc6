/**
 * What of a process that dies over and over goes into the event record: of each minute the first ten ends in full, the
 * rest as one count. Without it a hot crash loop would fill the spool with itself and push everything else out. Pure.
 */
import { after, type Instant } from '@fleetvisor/primitives';
import type { Transition } from '../supervision/process/effect.ts';
import type { Exit } from '../supervision/process/exit.ts';

/** Of crashes, and of runs that end by themselves, in one window of one process. */
const recordedMax = 10;
const windowMs = 60_000;

/** Crashes that were counted instead of recorded. */
export interface CrashRepeat {
  readonly count: number;
  /** Unix microseconds, as is lastAtUs. */
  readonly firstAtUs: bigint;
  readonly lastAtUs: bigint;
  readonly lastExit: Exit | undefined;
}

/** A minute in the life of one process, from the first run that ended in it. */
export interface CrashWindow {
  readonly closesAt: Instant;
  readonly crashes: number;
  readonly ends: number;
  readonly repeat: CrashRepeat | undefined;
  /** The newest transition that was kept out, unless a later one was recorded: it tells how the process ended up. */
  readonly held: Transition | undefined;
}

export interface Admission {
  readonly window: CrashWindow | undefined;
  readonly isRecorded: boolean;
}

/** The window at `now`: a new one when there is none or it is over. Close what is over before asking. */
function openWindow(window: CrashWindow | undefined, now: Instant): CrashWindow {
  if (window !== undefined && now < window.closesAt) return window;
  return { closesAt: after(now, windowMs), crashes: 0, ends: 0, repeat: undefined, held: undefined };
}

/** Whether the window has to be closed at its time, since it keeps something back. */
export function keepsBack(window: CrashWindow | undefined): boolean {
  return window !== undefined && (window.repeat !== undefined || window.held !== undefined);
}

/** @param nowUs the wall clock in Unix microseconds */
export function admitCrash(
  window: CrashWindow | undefined,
  exit: Exit | undefined,
  now: Instant,
  nowUs: bigint,
): Admission {
  const open = openWindow(window, now);
  if (open.crashes < recordedMax) return { window: { ...open, crashes: open.crashes + 1 }, isRecorded: true };
  const { count, firstAtUs } = open.repeat ?? { count: 0, firstAtUs: nowUs };
  const repeat = { count: count + 1, firstAtUs, lastAtUs: nowUs, lastExit: exit };
  return { window: { ...open, repeat }, isRecorded: false };
}

/** Only what a loop is made of is ever kept out: starts, promotions, and runs that ended by themselves. */
export function admitTransition(window: CrashWindow | undefined, transition: Transition, now: Instant): Admission {
  if (transition.to === 'EXITED') {
    const open = openWindow(window, now);
    if (open.ends >= recordedMax) return { window: { ...open, held: transition }, isRecorded: false };
    return { window: { ...open, ends: open.ends + 1, held: undefined }, isRecorded: true };
  }
  const isHot = window !== undefined && now < window.closesAt && window.ends >= recordedMax;
  if (isHot && (transition.to === 'STARTING' || transition.to === 'RUNNING')) {
    return { window: { ...window, held: transition }, isRecorded: false };
  }
  return { window: window && { ...window, held: undefined }, isRecorded: true };
}
