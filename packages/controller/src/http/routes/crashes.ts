/** GET /api/v1/crashes: every crash on every host, newest first. */
import type { ProcessCrash } from '@fleetvisor/protocol/common';
import { LogStream } from '@fleetvisor/protocol/common';
import type { FastifyPluginAsync } from 'fastify';
import { newestEvents } from '../../fleet/event-search.ts';
import { crashKinds } from '../../fleet/history.ts';
import { hostIdsInScope } from '../../fleet/hosts-in-scope.ts';
import type { Fleet } from '../../start-fleet.ts';
import { readEventBody } from '../../store/event-body.ts';
import type { StoredEvent } from '../../store/events.ts';
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

/**
 * One crash. `count` is 1, or how many are told of together: a process that crashes over and over has its first ten of
 * a minute told one by one, then only `count`, `at` and `exit` mean something. `at` is by the host's clock.
 * `lastOutput` are the last lines of `lastOutputStream` (stderr, or stdout where stderr goes there too).
 */
const crashSchema = {
  type: 'object',
  properties: {
    position: json.bigInteger,
    host: json.text,
    hostId: json.text,
    group: json.text,
    process: json.text,
    at: json.time,
    receivedAt: json.time,
    count: json.bigInteger,
    exit: json.exit,
    fatal: json.flag,
    outOfMemory: json.flag,
    spawnError: json.text,
    run: json.bigInteger,
    pid: json.integer,
    startedAt: json.time,
    ranForMs: json.integer,
    lastOutput: json.text,
    lastOutputStream: { type: ['string', 'null'] },
    generation: json.generation,
  },
} as const;

/** `next` is the cursor of older ones; null when there are none. */
export const crashRoutes: FastifyPluginAsync<{ readonly fleet: Fleet }> = async (app, { fleet }) => {
  const schema = {
    querystring: querySchema({ ...scopeParameters, ...targetParameters, ...pageParameters }),
    response: {
      200: pageSchema('crashes', crashSchema, { type: ['integer', 'string', 'null'] }),
      default: errorSchema,
    },
  };
  app.get<{ Querystring: TargetQuery }>('/api/v1/crashes', { schema }, async ({ query, signal }) => {
    const search = {
      hostIds: hostIdsInScope(fleet.live, scopeOf(query)),
      targets: query.target ?? [],
      kinds: crashKinds,
      sinceUs: 0n,
    };
    const range = { before: query.after === undefined ? 0n : positionOf(query.after), after: 0n };
    const found = await newestEvents(fleet.store.events, search, range, query.limit + 1, signal);
    const crashes = found.slice(0, query.limit);
    const last = found.length > crashes.length ? crashes.at(-1) : undefined;
    return { crashes: crashes.map(crashJson), next: last === undefined ? null : json.jsonInteger(last.position) };
  });
};

function crashJson(event: StoredEvent): object {
  const body = readEventBody(event);
  const isRepeat = body?.$case === 'crashRepeat';
  return {
    position: json.jsonInteger(event.position),
    host: event.host,
    hostId: event.hostId,
    group: event.group,
    process: event.process,
    at: json.jsonTime(event.atUs),
    receivedAt: json.jsonTime(event.receivedAtUs),
    count: isRepeat ? json.jsonInteger(body.value.count) : 1,
    exit: isRepeat ? json.jsonWireExit(body.value.lastExit) : null,
    ...(body?.$case === 'crash' ? oneCrash(body.value) : {}),
  };
}

function oneCrash(crash: ProcessCrash): object {
  const streams: Record<number, string> = { [LogStream.STDOUT]: 'stdout', [LogStream.STDERR]: 'stderr' };
  return {
    exit: json.jsonWireExit(crash.exit),
    fatal: crash.fatal,
    outOfMemory: crash.outOfMemory,
    spawnError: crash.spawnError,
    run: json.jsonInteger(crash.run),
    pid: crash.pid,
    startedAt: json.jsonTime(crash.startedAtUs),
    ranForMs: json.jsonMs(crash.ranForUs),
    lastOutput: new TextDecoder().decode(crash.lastOutput),
    lastOutputStream: streams[crash.lastOutputStream] ?? null,
    generation: json.jsonGeneration(crash.generation),
  };
}
