/** Numbers that fit where they go. Pure. */

/** An `int` of XML-RPC has 32 bits; beyond them the nearest that fits, as Supervisor does with times. */
export function cappedInt(value: number | bigint): number {
  return Math.max(-2147483648, Math.min(2147483647, Math.trunc(Number(value))));
}
