/**
 * What an overloaded controller leaves undone, the least important first: logs that people follow, then whole process
 * tables, then hosts that want in. Events of the hosts that are in, their heartbeats and commands it always takes. Pure.
 */

/** How far it goes: each leaves undone what those before it do as well. */
export const loadLevels = ['calm', 'no-logs', 'no-tables', 'no-sessions'] as const;
export type LoadLevel = (typeof loadLevels)[number];

/** By what the load is known. */
export interface LoadSigns {
  /** How late the event loop comes to what is due. */
  readonly lagMs: number;
  /** How full the queue before the store is, from 0 to 1. */
  readonly backlog: number;
}

/** From which signs on the level is reached. */
const thresholds: readonly { readonly level: LoadLevel; readonly signs: LoadSigns }[] = [
  { level: 'no-logs', signs: { lagMs: 200, backlog: 0.05 } },
  { level: 'no-tables', signs: { lagMs: 500, backlog: 0.2 } },
  { level: 'no-sessions', signs: { lagMs: 1_000, backlog: 0.5 } },
];

/** Left again only well below, and one step at a time: what was held back comes all at once. */
const easing = 0.5;

export function nextLevel(before: LoadLevel, signs: LoadSigns): LoadLevel {
  const reached = levelAt(signs, 1);
  if (isAtLeast(reached, before)) return reached;
  return isAtLeast(levelAt(signs, easing), before) ? before : (loadLevels[loadLevels.indexOf(before) - 1] ?? 'calm');
}

export function isAtLeast(level: LoadLevel, other: LoadLevel): boolean {
  return loadLevels.indexOf(level) >= loadLevels.indexOf(other);
}

function levelAt({ lagMs, backlog }: LoadSigns, share: number): LoadLevel {
  const found = thresholds.findLast(({ signs }) => lagMs >= signs.lagMs * share || backlog >= signs.backlog * share);
  return found?.level ?? 'calm';
}
