/** How a run ended. */

export type Exit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string; readonly number: number; readonly coreDumped: boolean }
  /** It ended while nobody could learn how; never invented. */
  | { readonly kind: 'unknown' };
