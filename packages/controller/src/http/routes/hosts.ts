/** GET /api/v1/hosts: the hosts of the fleet as they are now. */
import type { FastifyPluginAsync } from 'fastify';
import type { HostView } from '../../fleet/host-view.ts';
import { hostsInScope } from '../../fleet/hosts-in-scope.ts';
import type { Fleet } from '../../start-fleet.ts';
import { errorSchema } from '../http-error.ts';
import * as json from '../json.ts';
import {
  type ListQuery,
  pageByKey,
  pageParameters,
  pageSchema,
  querySchema,
  scopeOf,
  scopeParameters,
} from '../list-query.ts';

/** `presence` is online, suspect, disconnected or planned-offline. `files` are those of the desired state. */
const hostSchema = {
  type: 'object',
  properties: {
    hostId: json.text,
    name: json.text,
    hostGroups: json.textList,
    labels: { type: 'object', additionalProperties: json.text },
    presence: json.text,
    lastSeenAt: json.time,
    silentForMs: json.integer,
    firstSeenAt: json.time,
    agentVersion: json.text,
    hostname: json.text,
    os: json.text,
    address: json.text,
    clockSkewMs: json.integer,
    desired: json.generation,
    running: json.generation,
    lastKnownGood: json.generation,
    lastAttempt: {
      type: ['object', 'null'],
      properties: { to: json.generation, phase: json.text, problems: { type: 'array', items: json.problem } },
    },
    files: {
      type: 'array',
      items: { type: 'object', properties: { file: json.text, revision: json.bigInteger } },
    },
    rolloutPending: json.flag,
    processCount: json.integer,
    runningCount: json.integer,
  },
} as const;

export const hostRoutes: FastifyPluginAsync<{ readonly fleet: Fleet }> = async (app, { fleet }) => {
  const schema = {
    querystring: querySchema({ ...scopeParameters, ...pageParameters }),
    response: { 200: pageSchema('hosts', hostSchema, { type: ['string', 'null'] }), default: errorSchema },
  };
  app.get<{ Querystring: ListQuery }>('/api/v1/hosts', { schema }, async ({ query }) => {
    const page = pageByKey(hostsInScope(fleet.live, scopeOf(query)), (host) => host.name, query);
    const hosts = page.items.map((host) => hostJson(host, fleet.rollouts.isPending(host.hostId)));
    return { hosts, next: page.next };
  });
};

function hostJson(host: HostView, rolloutPending: boolean): object {
  const { running, lastAttempt, lastKnownGood } = host.config;
  return {
    ...host,
    lastSeenAt: json.jsonTime(host.lastSeenUs),
    silentForMs: json.jsonMs(host.silentForUs),
    firstSeenAt: json.jsonTime(host.firstSeenUs),
    clockSkewMs: json.jsonMs(host.clockSkewUs),
    desired: json.jsonGeneration(host.desired),
    running: json.jsonGeneration(running),
    lastKnownGood: json.jsonGeneration(lastKnownGood),
    lastAttempt:
      lastAttempt === undefined
        ? null
        : {
            to: json.jsonGeneration(lastAttempt.ref),
            phase: lastAttempt.phase,
            problems: lastAttempt.problems.map(json.jsonProblem),
          },
    files: host.files.map(({ file, revision }) => ({ file, revision: json.jsonInteger(revision) })),
    rolloutPending,
  };
}
