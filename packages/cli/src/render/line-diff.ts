/** Differences of two texts by lines, as `diff -u` shows them. Pure. */

export type LineChange = { readonly kind: 'same' | 'removed' | 'added'; readonly line: string };

/** Beyond this many differing lines the shortest way between two texts is not worth its price. */
const distanceMax = 1_000;

/** Myers' greedy algorithm: the fewest removed and added lines that lead from one to the other. */
export function diffLines(before: readonly string[], after: readonly string[]): LineChange[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const rest = Math.min(before.length, after.length) - start;
  while (end < rest && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const middle = diffMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...before.slice(0, start).map(same), ...middle, ...before.slice(before.length - end).map(same)];
}

function diffMiddle(before: readonly string[], after: readonly string[]): LineChange[] {
  const trail = shortestTrail(before, after);
  if (trail === undefined) return [...before.map(removed), ...after.map(added)];
  return walkBack(before, after, trail);
}

/** How far along `before` each diagonal is reached, by number of changes; undefined when that takes too many. */
function shortestTrail(before: readonly string[], after: readonly string[]): Map<number, number>[] | undefined {
  const reached = new Map<number, number>([[1, 0]]);
  const trail: Map<number, number>[] = [];
  for (let distance = 0; distance <= distanceMax; distance++) {
    trail.push(new Map(reached));
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      let x = isDownward(reached, diagonal, distance) ? at(reached, diagonal + 1) : at(reached, diagonal - 1) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      reached.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return trail;
    }
  }
  return undefined;
}

function walkBack(
  before: readonly string[],
  after: readonly string[],
  trail: readonly Map<number, number>[],
): LineChange[] {
  const changes: LineChange[] = [];
  let x = before.length;
  let y = after.length;
  for (const [back, reached] of trail.toReversed().entries()) {
    const distance = trail.length - 1 - back;
    const diagonal = x - y;
    const isDown = isDownward(reached, diagonal, distance);
    const fromDiagonal = isDown ? diagonal + 1 : diagonal - 1;
    const fromX = at(reached, fromDiagonal);
    const fromY = fromX - fromDiagonal;
    while (x > Math.max(fromX, 0) && y > Math.max(fromY, 0)) {
      x--;
      y--;
      changes.push(same(before[x] ?? ''));
    }
    if (distance === 0) break;
    if (isDown) changes.push(added(after[--y] ?? ''));
    else changes.push(removed(before[--x] ?? ''));
  }
  return changes.reverse();
}

/** Whether the best way onto the diagonal adds a line, rather than removing one. */
function isDownward(reached: ReadonlyMap<number, number>, diagonal: number, distance: number): boolean {
  if (diagonal === -distance) return true;
  return diagonal !== distance && at(reached, diagonal - 1) < at(reached, diagonal + 1);
}

function at(reached: ReadonlyMap<number, number>, diagonal: number): number {
  return reached.get(diagonal) ?? 0;
}

function same(line: string): LineChange {
  return { kind: 'same', line };
}

function removed(line: string): LineChange {
  return { kind: 'removed', line };
}

function added(line: string): LineChange {
  return { kind: 'added', line };
}
