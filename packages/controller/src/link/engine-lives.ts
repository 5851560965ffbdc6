/**
 * Tells a cloned host from one that has restarted: a life of an engine, once another has been seen after it, never
 * comes back. One that does is proof of two machines with one identity. The life that was seen first then stays, and
 * the later ones are shut out, so that the two do not fence each other for ever.
 */

/** Lives remembered per host, of either kind. */
const livesKept = 8;

interface Lives {
  /** In the order in which they were first seen. */
  readonly seen: string[];
  readonly shutOut: string[];
}

export class EngineLives {
  readonly #byHost = new Map<string, Lives>();

  /**
   * Judges the life that a new session belongs to.
   * - fine: the newest one, or one never seen
   * - back: an earlier one; those after it are shut out from now on
   * - shut-out
   */
  judge(hostId: string, life: string): 'fine' | 'back' | 'shut-out' {
    const { seen, shutOut } = this.#byHost.get(hostId) ?? { seen: [], shutOut: [] };
    if (shutOut.includes(life)) return 'shut-out';
    const at = seen.indexOf(life);
    const isBack = at !== -1 && at < seen.length - 1;
    const kept = at === -1 ? [...seen, life] : seen.slice(0, at + 1);
    const left = at === -1 ? [] : seen.slice(at + 1);
    this.#byHost.set(hostId, { seen: kept.slice(-livesKept), shutOut: [...shutOut, ...left].slice(-livesKept) });
    return isBack ? 'back' : 'fine';
  }

  forget(hostId: string): void {
    this.#byHost.delete(hostId);
  }
}
