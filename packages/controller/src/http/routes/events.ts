/** GET /api/v1/events: the central history in the order of its positions. */
import type { FastifyPluginAsync } from 'fastify';
import { checkPosition, eventsBetween, newestEvents, reachOf } from '../../fleet/event-search.ts';
import { hostIdsInScope } from '../../fleet/hosts-in-scope.ts';
import type { Fleet } from '../../start-fleet.ts';
import type { StoredEvent } from '../../store/events.ts';
import { eventJson, eventSchema } from '../event-json.ts';
import { errorSchema } from '../http-error.ts';
import * as json from '../json.ts';
import {
  pageParameters,
  pageSchema,
  positionOf,
  querySchema,
  scopeOf,
  scopeParameters,
  type TargetQuery,
  targetParameters,
} from '../list-query.ts';

interface EventsQuery extends TargetQuery {
  /** Names of kinds as in EventBody. */
  readonly kind?: readonly string[];
}

/**
 * Oldest first. Without `after` the newest ones, with it those that came after that position. `next` is always there:
 * asking again with it gives what has been added since.
 */
export const eventRoutes: FastifyPluginAsync<{ readonly fleet: Fleet }> = async (app, { fleet }) => {
  const schema = {
    querystring: querySchema({ ...scopeParameters, ...targetParameters, kind: json.textList, ...pageParameters }),
    response: { 200: pageSchema('events', eventSchema, json.bigInteger), default: errorSchema },
  };
  app.get<{ Querystring: EventsQuery }>('/api/v1/events', { schema }, async ({ query, signal }) => {
    const { events, next } = await findEvents(fleet, query, signal);
    return { events: events.map(eventJson), next: json.jsonInteger(next) };
  });
};

async function findEvents(
  fleet: Fleet,
  query: EventsQuery,
  signal: AbortSignal,
): Promise<{ readonly events: readonly StoredEvent[]; readonly next: bigint }> {
  const { events: store } = fleet.store;
  const search = {
    hostIds: hostIdsInScope(fleet.live, scopeOf(query)),
    targets: query.target ?? [],
    kinds: query.kind ?? [],
    sinceUs: 0n,
  };
  const reach = await reachOf(store);
  const upTo = reach.newest;
  if (query.after === undefined) {
    const newest = await newestEvents(store, search, { before: upTo + 1n, after: 0n }, query.limit, signal);
    return { events: newest.toReversed(), next: upTo };
  }
  const after = positionOf(query.after);
  checkPosition(after, reach);
  const found: StoredEvent[] = [];
  for await (const page of eventsBetween(store, search, { after, upTo }, signal)) {
    found.push(...page);
    if (found.length >= query.limit) break;
  }
  const events = found.slice(0, query.limit);
  const isAll = found.length < query.limit;
  return { events, next: isAll ? upTo : (events.at(-1)?.position ?? upTo) };
}
