/** The order of names: by code unit, whatever the locale, so that every host sorts alike. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
