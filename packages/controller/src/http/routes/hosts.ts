/** GET /api/v1/hosts: the hosts of the fleet as they are now. */
import type { FastifyPluginAsync } from 'fastify';
import { isClockOff } from '../../fleet/clock-skew.ts';
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

/**
 * `presence` is online, suspect, disconnected, lost, planned-offline or upgrading. `clockSkewMs` is the host's clock minus the
 * controller's, known to half of `clockRoundTripMs`; null for not measured yet. `rival` is who has lately claimed to be this
 * host (the same `hostId`) or its name. `processesUnknown`: nothing is known of its processes now. `files` are those of
 * the desired state.
 */
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
    clockRoundTripMs: { type: ['number', 'null'] },
    clockOff: json.flag,
    rival: {
      type: ['object', 'null'],
      properties: { address: json.text, hostId: json.text, at: json.time },
    },
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
    processesUnknown: json.flag,
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
    clockSkewMs: json.jsonMs(host.clock.skewUs),
    clockRoundTripMs: host.clock.roundTripUs === 0n ? null : Number(host.clock.roundTripUs) / 1000,
    clockOff: isClockOff(host.clock),
    rival: host.rival === undefined ? null : { ...host.rival, at: json.jsonTime(host.rival.atUs) },
    processesUnknown: host.areProcessesUnknown,
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
