/** The one class of errors that a caller may tell apart, by `code` and never by text. */

/**
 * - invalid: what was asked makes no sense; asking again will not help
 * - not_found: the thing named does not exist
 * - conflict: it exists already, or somebody else changed it first
 * - stale: what the asker knew is no longer so; look again
 * - unavailable: it cannot be done at the moment; trying later may help
 * - denied: the asker may not
 * - internal: a fault of ours
 */
export type ErrorCode = 'invalid' | 'not_found' | 'conflict' | 'stale' | 'unavailable' | 'denied' | 'internal';

export type ErrorFacts = Readonly<Record<string, string | number | bigint | boolean | readonly string[]>>;

/** The message says what could not be done, where, and the way out; the cause's own words stay in `cause`. */
export class FleetError extends Error {
  override readonly name = 'FleetError';
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
    this.facts = facts;
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Marks a place the compiler has proven unreachable. */
export function assertNever(value: never): never {
  throw new FleetError('internal', `unexpected value ${JSON.stringify(value)}`);
}
