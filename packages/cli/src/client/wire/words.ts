/** Small translations that every message needs: numbers, times and the words of enumerations. */

/** Unix microseconds to a moment; 0 says that there is none. */
export function moment(us: bigint): Date | undefined {
  return us === 0n ? undefined : new Date(Number(us / 1000n));
}

export function milliseconds(us: bigint): number {
  return Number(us / 1000n);
}

/** Empty text says that there is none. */
export function textOrNone(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** The word for a number of an enumeration; a newer controller may send numbers that are not in the table. */
export function wordOf<Word>(table: Readonly<Record<number, Word>>, value: number, unheardOf: Word): Word {
  return table[value] ?? unheardOf;
}
