/** What came of replacing the agent, in the words of commands. Pure. */
import type { ActionResult } from '../supervision/action.ts';
import type { UpgradeCommand } from './handover.ts';
import type { Trial } from './trial.ts';

/** For the controller, which had asked for it. */
export interface UpgradeResult {
  readonly command: UpgradeCommand;
  readonly result: ActionResult;
  /** It is so only if the new version lives through its trial. */
  readonly isOnTrial: boolean;
}

/** The new version says so itself. */
export function replaced(fromVersion: string, toVersion: string): ActionResult {
  return told('ok', `upgraded from ${fromVersion} to ${toVersion}`);
}

/** The old version says so, which runs again. */
export function wentBack(trial: Trial): ActionResult {
  return told('failed', failureOf(trial));
}

/** Nothing has changed. */
export function notReplaced(reason: string): ActionResult {
  return told('failed', reason);
}

/** It is that version already. */
export function nothingToReplace(version: string): ActionResult {
  return told('no-change', `is ${version} already`);
}

/** What becomes of a version that dies young. */
export function failureOf({ from, to }: Trial): string {
  return `fleet-agent ${to.version} (${to.launcher}) died before it had run for 10 s; ${from.version} runs again`;
}

function told(outcome: ActionResult['outcome'], message: string): ActionResult {
  return { outcome, results: [], changes: undefined, message, problems: [] };
}
