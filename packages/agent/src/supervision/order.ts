/**
 * Who comes first: Supervisor's orders of starting and stopping. Pure. What starts by itself has no order of its own:
 * groups start as they are added, and inside a group as it lists its processes, whatever their priorities.
 */

interface Ranked {
  readonly priority: number;
}

/** A process group, or its spec. */
interface RankedGroup<P extends Ranked> extends Ranked {
  /** As the configuration lists them. */
  readonly processes: readonly P[];
}

/** Low priorities first; equal ones keep their order. */
export function byPriority<T extends Ranked>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => a.priority - b.priority);
}

/**
 * The order of a start of several on request: groups by priority, then processes by priority. A stop on request has the
 * same order, low priorities first, contrary to Supervisor's own documentation.
 */
export function requestOrder<P extends Ranked>(groups: readonly RankedGroup<P>[]): P[] {
  return byPriority(groups).flatMap((group) => byPriority(group.processes));
}

/** The order of a shutdown: high priorities first, group after group, each waiting for the one before it. */
export function shutdownOrder<P extends Ranked>(groups: readonly RankedGroup<P>[]): P[][] {
  return byPriority(groups)
    .toReversed()
    .map((group) => byPriority(group.processes).toReversed());
}
