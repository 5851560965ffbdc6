/** What hosts really have of config files: the files of the state that each says it runs, as opposed to what it should. */
import type { HostStore } from '../store/hosts.ts';
import { emptyHash } from './desired-state.ts';
import type { RevisionRef } from './generation.ts';
import type { HostView } from './host-view.ts';

/** States kept at hand. A fleet runs few different ones at a time. */
const statesMax = 1_000;

export class RunningFiles {
  readonly #store: Pick<HostStore, 'filesOf'>;
  /** By hash. The files of a hash are the same for ever. */
  readonly #known = new Map<string, readonly RevisionRef[]>([[emptyHash, []]]);

  constructor(store: Pick<HostStore, 'filesOf'>) {
    this.#store = store;
  }

  /**
   * In order of name. undefined when nobody can say: the host was not heard of since the controller started, or it runs
   * a state that this store never gave, as after a restore from an old backup.
   */
  async of({ hasReported, config }: HostView): Promise<readonly RevisionRef[] | undefined> {
    if (!hasReported) return undefined;
    const hash = config.running?.hash ?? emptyHash;
    const known = this.#known.get(hash);
    if (known !== undefined) return known;
    const files = await this.#store.filesOf(hash);
    if (files === undefined) return undefined;
    const oldest = this.#known.keys().find((each) => each !== emptyHash);
    if (this.#known.size >= statesMax && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(hash, files);
    return files;
  }
}
