/** What somebody may have meant who wrote a name that does not exist. Pure. */

const shownMax = 3;

/** The known names that differ by a slip or two, nearest first, at most three. */
export function closeNames(name: string, known: readonly string[]): readonly string[] {
  const slipsMax = Math.max(1, Math.floor(name.length / 3));
  return known
    .filter((each) => Math.abs(each.length - name.length) <= slipsMax)
    .map((each) => ({ each, slips: slipsBetween(name, each) }))
    .filter(({ slips }) => slips <= slipsMax)
    .toSorted((a, b) => a.slips - b.slips || (a.each < b.each ? -1 : 1))
    .slice(0, shownMax)
    .map(({ each }) => each);
}

/** ` (did you mean web1 or web2?)`, or nothing when no known name is close to it. */
export function didYouMean(name: string, known: readonly string[]): string {
  const close = closeNames(name, known);
  return close.length === 0 ? '' : ` (did you mean ${close.join(' or ')}?)`;
}

/** Levenshtein's distance: letters to add, to take away or to change. */
function slipsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
