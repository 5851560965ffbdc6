/** What a host should run: which revision of which config file, and the hash that names the whole. Pure. */
import { createHash } from 'node:crypto';
import type { RevisionRef } from './generation.ts';
import type { HostMatcher, SelectableHost } from './selector.ts';

/** One revision, as far as deciding goes. */
export interface CandidateRevision {
  readonly ref: RevisionRef;
  /** Lower-case hex sha-256 of the exact bytes. */
  readonly contentHash: string;
  readonly matches: HostMatcher;
}

/** The revision of a config file with the digest of its bytes: what the hash of a desired state is taken over. */
export interface DesiredFile extends RevisionRef {
  readonly contentHash: string;
}

/** The files of a desired state, in order of name. */
export interface DesiredState {
  readonly files: readonly DesiredFile[];
  readonly hash: string;
}

/** Lower-case hex sha-256 of bytes. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Orders names by their UTF-16 units, the same on every machine: what a hash is taken over must not follow a locale. */
export function byFile(a: RevisionRef, b: RevisionRef): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : 0;
}

/**
 * GenerationRef.hash of common.proto: sha-256 over one line per file in order of name: name, NUL, revision in decimal,
 * NUL, hex sha-256 of the exact bytes, newline. NUL and newline occur in no name, so no two sets share a text.
 */
export function desiredState(files: readonly DesiredFile[]): DesiredState {
  const inOrder = files.toSorted(byFile);
  const text = inOrder.map((file) => `${file.file}\0${file.revision}\0${file.contentHash}\n`).join('');
  return { files: inOrder, hash: sha256Hex(text) };
}

/** The revisions of a desired state, as they are stored and told. */
export function refsOf({ files }: DesiredState): readonly RevisionRef[] {
  return files.map(({ file, revision }) => ({ file, revision }));
}

/** What a host runs that was never given anything. */
export const emptyHash: string = desiredState([]).hash;

/** What a host gets at join: of every config file the stable revision, where it selects the host. */
export function stateAtJoin(host: SelectableHost, stable: Iterable<CandidateRevision>): DesiredState {
  return desiredState([...stable].filter((revision) => revision.matches(host)).map(asFile));
}

/**
 * What a host gets from a rollout of one config file. The other files stay as the host has them: a push changes what
 * it names and nothing else, even where another file's selector would by now say something different.
 * @param others what the host has of other files
 */
export function stateInRollout(
  host: SelectableHost,
  others: readonly DesiredFile[],
  candidate: CandidateRevision,
): DesiredState {
  const kept = others.filter((file) => file.file !== candidate.ref.file);
  return desiredState(candidate.matches(host) ? [...kept, asFile(candidate)] : kept);
}

function asFile({ ref, contentHash }: CandidateRevision): DesiredFile {
  return { file: ref.file, revision: ref.revision, contentHash };
}
