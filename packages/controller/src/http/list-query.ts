/** What every list takes: which hosts, how many, and where to go on. */
import { FleetError } from '@fleetvisor/primitives';
import type { Scope } from '../fleet/scope.ts';
import { textList } from './json.ts';

/** Query parameters as their schema has made them. */
export interface ListQuery {
  readonly host?: readonly string[];
  readonly group?: readonly string[];
  readonly label?: readonly string[];
  readonly limit: number;
  readonly after?: string;
}

export interface TargetQuery extends ListQuery {
  readonly target?: readonly string[];
}

export const limitMax = 1000;

/** How many, and where to go on: `after` takes the `next` of the page before, as it was given. */
export const pageParameters = {
  limit: { type: 'integer', minimum: 1, maximum: limitMax, default: 100 },
  after: { type: 'string', minLength: 1 },
} as const;

/** Repeatable: names or globs of hosts, names of host groups, selectors on labels. */
export const scopeParameters = { host: textList, group: textList, label: textList } as const;

/** Repeatable: processes in Supervisor's forms and globs. */
export const targetParameters = { target: textList } as const;

/** A query of exactly these parameters: a misspelt one is refused rather than ignored. */
export function querySchema(parameters: Readonly<Record<string, object>>): object {
  return { type: 'object', additionalProperties: false, properties: parameters };
}

/** An answer with a page of items under their name, and the cursor of the next: null at the end. */
export function pageSchema(name: string, item: object, next: object): object {
  const properties = { [name]: { type: 'array', items: item }, next };
  return { type: 'object', required: [name, 'next'], properties };
}

export function scopeOf(query: ListQuery): Scope {
  return { hosts: query.host ?? [], hostGroups: query.group ?? [], labels: query.label ?? [] };
}

/**
 * A cursor of a list in the order of positions.
 * @throws FleetError `invalid` when it is none.
 */
export function positionOf(cursor: string): bigint {
  if (/^\d{1,19}$/.test(cursor)) return BigInt(cursor);
  throw new FleetError('invalid', `'${cursor}' is not a position; give the 'next' of an earlier answer`);
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** The key of the last item when there are more. */
  readonly next: string | null;
}

/** The first `limit` items whose key comes after the cursor, in order of key. Items that come and go shift nothing. */
export function pageByKey<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  query: Pick<ListQuery, 'after' | 'limit'>,
): Page<Item> {
  const { after } = query;
  const rest = items
    .filter((item) => after === undefined || keyOf(item) > after)
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const page = rest.slice(0, query.limit);
  const last = page.at(-1);
  return { items: page, next: rest.length > page.length && last !== undefined ? keyOf(last) : null };
}
