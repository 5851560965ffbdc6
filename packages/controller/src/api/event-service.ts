/** EventService: the central history, read back and followed. */
import { FleetError } from '@fleetvisor/primitives';
import type { EventServiceService, ListEventsRequest } from '@fleetvisor/protocol/api';
import {
  checkPosition,
  type EventQuery,
  eventMatcher,
  eventsBetween,
  newestEvents,
  reachOf,
} from '../fleet/event-search.ts';
import { crashKinds } from '../fleet/history.ts';
import { hostIdsInScope } from '../fleet/hosts-in-scope.ts';
import type { Fleet } from '../start-fleet.ts';
import type { StoredEvent } from '../store/events.ts';
import type { ServiceMethods } from './call.ts';
import { scopeFromWire } from './from-wire.ts';
import { eventToWire } from './to-wire.ts';

const newestMax = 10_000;
const crashesDefault = 50;
const crashesMax = 1000;
/** Crashes carry output of up to 4 KiB each: a message stays far below gRPC's 4 MiB. */
const eventsPerMessage = 200;

export function eventService(fleet: Fleet): ServiceMethods<typeof EventServiceService> {
  const { live, store } = fleet;
  return {
    async *listEvents(request, call) {
      for await (const page of pages(fleet, request, call.signal)) {
        for (let from = 0; from < page.length; from += eventsPerMessage) {
          yield { events: page.slice(from, from + eventsPerMessage).map(eventToWire) };
        }
      }
    },

    async listCrashes(request, call) {
      const limit = request.limit === 0 ? crashesDefault : request.limit;
      if (limit > crashesMax) throw new FleetError('invalid', `at most ${crashesMax} crashes at once, not ${limit}`);
      const query = {
        hostIds: hostIdsInScope(live, scopeFromWire(request.scope)),
        targets: request.targets,
        kinds: crashKinds,
        sinceUs: request.sinceUs,
      };
      const range = { before: request.beforePosition, after: 0n };
      const crashes = await newestEvents(store.events, query, range, limit, call.signal);
      return { crashes: crashes.map(eventToWire) };
    },
  };
}

/** What is stored up to now, from where the caller wants it, and what comes after that if it is to be followed. */
async function* pages(
  fleet: Fleet,
  request: ListEventsRequest,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredEvent[]> {
  const { events } = fleet.store;
  if (request.newest > newestMax) {
    throw new FleetError(
      'invalid',
      `at most the ${newestMax} newest events, not ${request.newest}; read on from a position`,
    );
  }
  const query: EventQuery = {
    hostIds: hostIdsInScope(fleet.live, scopeFromWire(request.scope)),
    targets: request.targets,
    kinds: request.kinds,
    sinceUs: request.sinceUs,
  };
  const after = request.afterPosition;
  const reach = await reachOf(events);
  const upTo = reach.newest;
  checkPosition(after, reach);
  if (request.newest > 0) {
    const range = { before: upTo + 1n, after };
    yield (await newestEvents(events, query, range, request.newest, signal)).toReversed();
  } else {
    yield* eventsBetween(events, query, { after, upTo }, signal);
  }
  if (!request.follow) return;
  const isMeant = eventMatcher(query.targets);
  for await (const page of fleet.events.follow(upTo, query, signal)) yield page.filter(isMeant);
}
