/** The config files as deciding needs them: of each the newest and the stable revision, with their selectors compiled. */
import { FleetError } from '@fleetvisor/primitives';
import { type CandidateRevision, type DesiredFile, sha256Hex } from '../fleet/desired-state.ts';
import type { RevisionRef } from '../fleet/generation.ts';
import type { OfferedFile } from '../fleet/host-links.ts';
import { type Selector, selectorMatcher } from '../fleet/selector.ts';
import type { ConfigStore, RevisionRecord } from '../store/configs.ts';

export interface CatalogueRevision extends CandidateRevision {
  readonly selector: Selector;
  readonly digest: string;
}

export interface CatalogueFile {
  readonly newest: CatalogueRevision;
  readonly stable: CatalogueRevision | undefined;
}

/** Contents kept at hand: a rollout reads each once, not once for every host. */
const contentsMax = 64;

export class Catalogue {
  readonly #store: ConfigStore;
  readonly #files = new Map<string, CatalogueFile>();
  readonly #contents = new Map<string, Promise<Uint8Array>>();
  readonly #hashes = new Map<string, string>();
  readonly #failed = new Set<string>();

  constructor(store: ConfigStore) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const { newest, stable } of await this.#store.list()) {
      const record = stable === newest.revision ? newest : await this.#store.revision(newest.file, stable);
      const file = { newest: catalogued(newest), stable: record && catalogued(record) };
      this.#files.set(newest.file, file);
    }
    this.failed(await this.#store.failed());
  }

  files(): readonly CatalogueFile[] {
    return [...this.#files.values()];
  }

  find(file: string): CatalogueFile | undefined {
    return this.#files.get(file);
  }

  stable(): readonly CatalogueRevision[] {
    return this.files().flatMap(({ stable }) => stable ?? []);
  }

  /** Whether the revision's own rollout failed. */
  hasFailed(ref: RevisionRef): boolean {
    return this.#failed.has(keyOf(ref));
  }

  /** The rollout of these revisions has failed. */
  failed(refs: readonly RevisionRef[]): void {
    for (const ref of refs) this.#failed.add(keyOf(ref));
  }

  pushed(revision: RevisionRecord): void {
    const newest = catalogued(revision);
    this.#files.set(revision.file, { newest, stable: this.#files.get(revision.file)?.stable });
  }

  /** These revisions, each the newest of its file or an older one, are stable from now on. */
  async becameStable(refs: readonly RevisionRef[]): Promise<void> {
    for (const ref of refs) {
      const known = this.#files.get(ref.file);
      if (known === undefined) continue;
      const record = known.newest.ref.revision === ref.revision ? undefined : await this.#record(ref);
      const stable = record === undefined ? known.newest : catalogued(record);
      // `newest` may have moved on while the store was read.
      this.#files.set(ref.file, { newest: this.#files.get(ref.file)?.newest ?? known.newest, stable });
    }
  }

  /** The same revisions with the hashes of their bytes. */
  async desired(refs: readonly RevisionRef[]): Promise<readonly DesiredFile[]> {
    return Promise.all(
      refs.map(async ({ file, revision }) => ({ file, revision, contentHash: await this.#hash({ file, revision }) })),
    );
  }

  /** The same revisions with their bytes. */
  async offered(refs: readonly RevisionRef[]): Promise<readonly OfferedFile[]> {
    return Promise.all(
      refs.map(async ({ file, revision }) => ({ file, revision, content: await this.content({ file, revision }) })),
    );
  }

  content(ref: RevisionRef): Promise<Uint8Array> {
    const key = keyOf(ref);
    const known = this.#contents.get(key);
    if (known !== undefined) return known;
    const content = this.#record(ref).then((record) => record.content);
    this.#contents.set(key, content);
    content.catch(() => this.#contents.delete(key));
    const [oldest] = this.#contents.keys();
    if (this.#contents.size > contentsMax && oldest !== undefined) this.#contents.delete(oldest);
    return content;
  }

  /** Kept for good: a hundred bytes for every revision that a host was found to have. */
  async #hash(ref: RevisionRef): Promise<string> {
    const key = keyOf(ref);
    const hash = this.#hashes.get(key) ?? sha256Hex(await this.content(ref));
    this.#hashes.set(key, hash);
    return hash;
  }

  async #record({ file, revision }: RevisionRef): Promise<RevisionRecord> {
    const record = await this.#store.revision(file, revision);
    if (record === undefined)
      throw new FleetError('internal', `the store has no revision ${revision} of ${file}, which a host was given`);
    return record;
  }
}

function catalogued({ file, revision, content, selector, digest }: RevisionRecord): CatalogueRevision {
  const matches = selectorMatcher(selector);
  return { ref: { file, revision }, contentHash: sha256Hex(content), matches, selector, digest };
}

function keyOf({ file, revision }: RevisionRef): string {
  return `${file}\0${revision}`;
}
