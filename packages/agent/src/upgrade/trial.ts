/**
 * The boot counter of an upgrade: a version that has just taken over is on trial, and one that dies within it is not started
 * again, but the one before it. Pure; the file is `trial-file.ts`.
 */
import type { UpgradeCommand } from './handover.ts';

/** How long a new version has to live. */
export const TRIAL_MS = 10_000;

/** A version, and the launcher that starts it: a real path, which a link that is set anew does not change. */
export interface InstalledVersion {
  readonly version: string;
  readonly launcher: string;
}

export interface Trial {
  /** `failed`: it died, and the one before it runs again. */
  readonly state: 'on-trial' | 'failed';
  /** Of the machine and its boot: a trial does not outlast them. */
  readonly machineLife: string;
  readonly from: InstalledVersion;
  readonly to: InstalledVersion;
  readonly command: UpgradeCommand | undefined;
}

/** Who asks: the agent that starts. */
export interface Starter extends InstalledVersion {
  readonly machineLife: string;
  /** It has been handed over to: it is what the trial is of. */
  readonly isHandedOver: boolean;
  /** The version that was on trial has started it in its own place. */
  readonly isSentBack: boolean;
}

export type TrialVerdict =
  | { readonly kind: 'start' }
  /** The trial means nothing any more. */
  | { readonly kind: 'forget' }
  /** The version that is on trial died: it is this one, and the one before it is to run instead. */
  | { readonly kind: 'go-back' }
  /** The version that was on trial died, and this one runs in its place. */
  | { readonly kind: 'report' };

/** What an agent that starts does about the last upgrade. */
export function judgeTrial(trial: Trial | undefined, starter: Starter): TrialVerdict {
  if (trial === undefined || starter.isHandedOver) return { kind: 'start' };
  if (starter.isSentBack) return { kind: 'report' };
  const isTried = isSame(trial.to, starter);
  if (trial.state === 'failed') {
    if (isTried) return { kind: 'go-back' };
    // Whoever has installed a third version wants that, and not the one before.
    return { kind: isSame(trial.from, starter) ? 'start' : 'forget' };
  }
  // The machine went down over it: nobody knows whether it would have lived.
  if (trial.machineLife !== starter.machineLife) return { kind: 'forget' };
  return { kind: isTried ? 'go-back' : 'report' };
}

function isSame(one: InstalledVersion, other: InstalledVersion): boolean {
  return one.version === other.version && one.launcher === other.launcher;
}
