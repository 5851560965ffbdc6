/** Who gets what in a rollout of one config file. Pure. */
import type { ConfigFacts } from '../fleet/config-facts.ts';
import { type CandidateRevision, type DesiredFile, type DesiredState, stateInRollout } from '../fleet/desired-state.ts';
import type { GenerationRef, RevisionRef } from '../fleet/generation.ts';
import type { HostView } from '../fleet/host-view.ts';
import type { CatalogueFile, CatalogueRevision } from './catalogue.ts';
import { verdictOf } from './on-return.ts';

/** A host that the rollout would give another desired state. */
export interface PlannedTarget {
  readonly host: HostView;
  readonly state: DesiredState;
}

/**
 * The files that a host keeps beside those being rolled: what it was given, or, when it has refused that, the stable
 * ones; to carry on what it refuses would have it refuse this too.
 */
export function keptFiles(host: HostView, stable: readonly CatalogueRevision[]): readonly RevisionRef[] {
  if (!hasRefused(host.desired, host.config)) return host.files;
  return stable.filter((revision) => revision.matches(host)).map(({ ref }) => ref);
}

function hasRefused(desired: GenerationRef | undefined, facts: ConfigFacts): boolean {
  const verdict = desired && verdictOf(desired, facts);
  return verdict === 'rejected' || verdict === 'reverted';
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
 * its end, and which every host that should have them now runs.
 */
export function alsoProven(files: readonly CatalogueFile[], hosts: readonly HostView[]): readonly RevisionRef[] {
  return files
    .filter(({ newest, stable }) => newest.ref.revision !== stable?.ref.revision)
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
