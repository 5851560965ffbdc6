/** Programs that an offer names and did not have to touch, and that were down before it and are so still. Pure. */
import { formatNamespec, type ProcessGroupSpec } from '@fleetvisor/config';
import type { Offer } from '../bridge/port.ts';
import type { TargetResult } from '../supervision/action.ts';
import type { ProcessName, ProcessStatus } from '../supervision/status.ts';

/**
 * The files that an offer brings anew or in another revision. What it leaves as it was is not judged by it: an old trouble
 * of another file is no failure of this push.
 */
export function changedFiles(offer: Offer, running: Offer | undefined): ReadonlySet<string> {
  const known = new Map(running?.files.map(({ name, revision }) => [name, revision]));
  return new Set(offer.files.filter(({ name, revision }) => known.get(name) !== revision).map(({ name }) => name));
}

/** @param told what has a result already */
export function stillDown(
  groups: readonly ProcessGroupSpec[],
  files: ReadonlySet<string>,
  told: readonly TargetResult[],
  statusOf: (process: ProcessName) => ProcessStatus | undefined,
): readonly TargetResult[] {
  const known = new Set(told.map(({ target }) => target));
  const named = groups.flatMap(({ processes }) => processes).filter(({ source }) => files.has(source.file));
  return named.flatMap(({ group, name }) => {
    const process = { group, name };
    const target = formatNamespec(process);
    const status = statusOf(process);
    const isDown = status?.state === 'FATAL' || status?.state === 'BACKOFF';
    if (!isDown || status.stoppedByHand || known.has(target)) return [];
    const why = status.spawnError === '' ? '' : `: ${status.spawnError}`;
    return [
      { target, process, outcome: 'failed', message: `ERROR (${status.state} since before, and unchanged${why})` },
    ];
  });
}
