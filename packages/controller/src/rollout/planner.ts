/** Turns a push into a checked plan: reads what deciding needs, decides nothing that `plan` and `check` do not. */
import type { ConfigProblem } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import { type CandidateRevision, type DesiredFile, sha256Hex } from '../fleet/desired-state.ts';
import type { RevisionRef } from '../fleet/generation.ts';
import type { HostView } from '../fleet/host-view.ts';
import type { LiveFleet } from '../fleet/live.ts';
import type { RunningFiles } from '../fleet/running-files.ts';
import { everyHost } from '../fleet/scope.ts';
import { type Selector, selectorMatcher } from '../fleet/selector.ts';
import type { Catalogue, CatalogueRevision } from './catalogue.ts';
import { type NamedContent, problemsOf } from './check.ts';
import { isEverywhere, keptFiles, type PlannedTarget, planTargets } from './plan.ts';
import { checkFileName, revisionDigest } from './revision.ts';

export interface Wish {
  readonly file: string;
  readonly content: Uint8Array;
  /** undefined: that of the newest revision. */
  readonly selector: Selector | undefined;
  /** 0n: there is none yet; undefined: whatever is newest. */
  readonly parent: bigint | undefined;
  readonly allowEmpty: boolean;
}

export type Plan =
  | { readonly kind: 'refused'; readonly problems: readonly ConfigProblem[] }
  /** The newest revision says just this. `isEverywhere`: it is stable and every host has it: nothing is to be done. */
  | {
      readonly kind: 'planned';
      readonly newest: CatalogueRevision | undefined;
      readonly selector: Selector;
      readonly digest: string;
      readonly targets: readonly PlannedTarget[];
      /** The same content and selector as the newest. */
      readonly isSame: boolean;
      /** The same, and every host has it already. */
      readonly isUnchanged: boolean;
    };

export class Planner {
  readonly #live: LiveFleet;
  readonly #running: RunningFiles;
  readonly #catalogue: Catalogue;

  constructor(live: LiveFleet, running: RunningFiles, catalogue: Catalogue) {
    this.#live = live;
    this.#running = running;
    this.#catalogue = catalogue;
  }

  /**
   * @throws FleetError `invalid` (name of file, selector), `not_found` (no host matches), `conflict` (not the newest
   * parent).
   */
  async plan(wish: Wish): Promise<Plan> {
    const { file, content } = wish;
    checkFileName(file);
    const known = this.#catalogue.find(file);
    const newest = known?.newest;
    if (wish.parent !== undefined) checkParent(file, wish.parent, newest);
    const selector = selectorOf(wish, newest);
    const matches = selectorMatcher(selector);
    const hosts = this.#live.hosts(everyHost);
    const matched = hosts.filter(matches);
    const digest = revisionDigest(content, selector);

    const kept = await this.#kept(hosts, file);
    const problems = problemsOf({ file, content }, await this.#neighbours(matched, kept));
    if (problems.length > 0) return { kind: 'refused', problems };
    if (matched.length === 0 && !wish.allowEmpty) throw noHostMatches(file, hosts.length);

    const ref = { file, revision: (newest?.ref.revision ?? 0n) + 1n };
    const candidate: CandidateRevision = { ref, contentHash: sha256Hex(content), matches };
    const isSame = newest?.digest === digest;
    const isStable = newest !== undefined && known?.stable?.ref.revision === newest.ref.revision;
    const isUnchanged = isSame && isStable && isEverywhere(hosts, newest);
    return {
      kind: 'planned',
      newest,
      selector,
      digest,
      targets: planTargets(hosts, kept, candidate),
      isSame,
      isUnchanged,
    };
  }

  /** Problems alone; for a new file without a selector, those of the file by itself. */
  async check(file: string, content: Uint8Array, selector: Selector | undefined): Promise<readonly ConfigProblem[]> {
    checkFileName(file);
    const wanted = selector ?? this.#catalogue.find(file)?.newest.selector;
    const hosts = wanted === undefined ? [] : this.#live.hosts(everyHost).filter(selectorMatcher(wanted));
    return problemsOf({ file, content }, await this.#neighbours(hosts, await this.#kept(hosts, file)));
  }

  /** By host: the files it keeps beside this one. */
  async #kept(hosts: readonly HostView[], file: string): Promise<ReadonlyMap<string, readonly DesiredFile[]>> {
    const hasFailed = (ref: RevisionRef) => this.#catalogue.hasFailed(ref);
    const kept = new Map<string, readonly DesiredFile[]>();
    for (const host of hosts) {
      const held = keptFiles(host, await this.#running.of(host), hasFailed);
      const refs = held.filter((ref) => ref.file !== file);
      kept.set(host.hostId, await this.#catalogue.desired(refs));
    }
    return kept;
  }

  /** The sets of other files that these hosts have, each once, with their contents. */
  async #neighbours(
    hosts: readonly HostView[],
    kept: ReadonlyMap<string, readonly RevisionRef[]>,
  ): Promise<readonly (readonly NamedContent[])[]> {
    const sets = hosts.map(({ hostId }) => kept.get(hostId) ?? []);
    const distinct = new Map(sets.map((refs) => [refs.map((ref) => `${ref.file}@${ref.revision}`).join(' '), refs]));
    return Promise.all([...distinct.values()].map((refs) => this.#catalogue.offered(refs)));
  }
}

function checkParent(file: string, parent: bigint, newest: CatalogueRevision | undefined): void {
  const present = newest?.ref.revision ?? 0n;
  if (parent === present) return;
  throw parentIsOld(file, parent, present);
}

/** What to say when somebody else pushed first. */
export function parentIsOld(file: string, parent: bigint, newest: bigint): FleetError {
  const made = parent === 0n ? 'as a new file' : `from revision ${parent}`;
  const message = `${file} was made ${made}, but revision ${newest} is the newest: look at 'fleetctl config diff ${file}', then push again`;
  return new FleetError('conflict', message, { file, parent, newest });
}

function selectorOf({ file, selector }: Wish, newest: CatalogueRevision | undefined): Selector {
  const wanted = selector ?? newest?.selector;
  if (wanted !== undefined) return wanted;
  const message = `${file} is new: say which hosts it is for, with --group, --host, -l or --all`;
  throw new FleetError('invalid', message, { file });
}

function noHostMatches(file: string, hostCount: number): FleetError {
  const fleet = hostCount === 0 ? 'no host has joined the fleet yet' : `none of the ${hostCount} hosts matches`;
  const message = `nobody would get ${file}: ${fleet}; change the selector, or push with --allow-empty`;
  return new FleetError('not_found', message, { file });
}
