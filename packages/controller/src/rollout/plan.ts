/** Who gets what in a rollout of one config file. Pure. */
import { type CandidateRevision, type DesiredFile, type DesiredState, stateInRollout } from '../fleet/desired-state.ts';
import type { RevisionRef } from '../fleet/generation.ts';
import type { HostView } from '../fleet/host-view.ts';
import type { CatalogueFile, CatalogueRevision } from './catalogue.ts';
import { verdictOf } from './on-return.ts';

/** A host that the rollout would give another desired state. */
export interface PlannedTarget {
  readonly host: HostView;
  readonly state: DesiredState;
}

/**
 * The files that a host keeps beside those being rolled: what it was given, but for what never came to it. A state that the
 * host refused or undid as a whole counts for nothing, and the host has what it runs. Of a state that it has said
 * nothing of, only the revisions whose rollout failed do not count: each falls back to what the host runs of that file.
 * A revision that failed on a host that runs it is there, and stays.
 * @param running what the host really has; undefined when that is not known: then it keeps all that it was given
 */
export function keptFiles(
  host: HostView,
  running: readonly RevisionRef[] | undefined,
  hasFailed: (ref: RevisionRef) => boolean,
): readonly RevisionRef[] {
  if (running === undefined || host.desired === undefined) return host.files;
  switch (verdictOf(host.desired, host.config)) {
    case 'rejected':
    case 'reverted':
      return running;
    case 'not-told':
      return host.files.flatMap((ref) => (hasFailed(ref) ? running.filter(({ file }) => file === ref.file) : ref));
    default:
      return host.files;
  }
}

/** @param kept of each host, as `keptFiles` says */
export function planTargets(
  hosts: readonly HostView[],
  kept: ReadonlyMap<string, readonly DesiredFile[]>,
  candidate: CandidateRevision,
): readonly PlannedTarget[] {
  return hosts
    .map((host) => ({ host, state: stateInRollout(host, kept.get(host.hostId) ?? [], candidate) }))
    .filter(({ host, state }) => isAnother(host, state, candidate.ref.file));
}

/** A host that neither has the file nor gets it is not touched, even where it is owed something else. */
function isAnother({ files, desired }: HostView, state: DesiredState, file: string): boolean {
  const isConcerned = [...files, ...state.files].some((held) => held.file === file);
  return isConcerned && state.hash !== desired?.hash;
}

/** Whether every host has what the revision says: those it selects have it and run it as far as is known, the others do not have it. */
export function isEverywhere(hosts: readonly HostView[], revision: CatalogueRevision): boolean {
  return hosts.every((host) => {
    const held = host.files.find(({ file }) => file === revision.ref.file);
    if (!revision.matches(host)) return held === undefined;
    if (held?.revision !== revision.ref.revision || host.desired === undefined) return false;
    return !host.isConnected || verdictOf(host.desired, host.config) === 'applied';
  });
}

/**
 * Revisions that a succeeded rollout has proven besides its own: newest ones whose own rollout was superseded before
 * its end, and which every host that should have them now runs. One whose own rollout failed is judged: that other
 * files came up beside it says nothing of it.
 */
export function alsoProven(
  files: readonly CatalogueFile[],
  hosts: readonly HostView[],
  hasFailed: (ref: RevisionRef) => boolean,
): readonly RevisionRef[] {
  return files
    .filter(({ newest, stable }) => newest.ref.revision !== stable?.ref.revision && !hasFailed(newest.ref))
    .filter(({ newest }) => hosts.some((host) => newest.matches(host)))
    .filter(({ newest }) => isEverywhere(hosts, newest) && hosts.every((h) => h.isConnected || !newest.matches(h)))
    .map(({ newest }) => newest.ref);
}

/** Whether a push of what is stable would bring the host something that it was not given. */
export function isOwed(host: HostView, files: readonly CatalogueFile[]): boolean {
  return files.some(({ stable }) => {
    if (stable === undefined) return false;
    const held = host.files.find(({ file }) => file === stable.ref.file)?.revision ?? 0n;
    // A later one than the stable is of a rollout that runs or has failed: that is no debt.
    return stable.matches(host) ? held < stable.ref.revision : held !== 0n && held <= stable.ref.revision;
  });
}
