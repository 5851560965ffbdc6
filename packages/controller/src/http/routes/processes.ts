/** GET /api/v1/processes: the processes of the fleet as they are now, in order of host and name. */
import type { FastifyPluginAsync } from 'fastify';
import type { HostProcesses, HostView } from '../../fleet/host-view.ts';
import { hostsInScope } from '../../fleet/hosts-in-scope.ts';
import { type ProcessStatus, processKey } from '../../fleet/process-status.ts';
import { targetsMatcher } from '../../fleet/targets.ts';
import type { Fleet } from '../../start-fleet.ts';
import { errorSchema } from '../http-error.ts';
import * as json from '../json.ts';
import {
  pageParameters,
  pageSchema,
  querySchema,
  scopeOf,
  scopeParameters,
  type TargetQuery,
  targetParameters,
} from '../list-query.ts';

/**
 * `state` is one of Supervisor's words; UNKNOWN for a host whose lease has ended, with what it last reported in
 * `lastKnownState`. `ageMs` is how long the host has been silent. `layer` is local or fleet.
 */
const processSchema = {
  type: 'object',
  properties: {
    host: json.text,
    hostId: json.text,
    group: json.text,
    name: json.text,
    state: json.text,
    lastKnownState: { type: ['string', 'null'] },
    ageMs: json.integer,
    description: json.text,
    layer: json.text,
    run: json.bigInteger,
    pid: json.integer,
    uptimeMs: json.integer,
    startedAt: json.time,
    stoppedAt: json.time,
    lastExit: json.exit,
    spawnError: json.text,
    stdoutLogfile: json.text,
    stderrLogfile: json.text,
    crashCount: json.bigInteger,
    stoppedByHand: json.flag,
  },
} as const;

export const processRoutes: FastifyPluginAsync<{ readonly fleet: Fleet }> = async (app, { fleet }) => {
  const schema = {
    querystring: querySchema({ ...scopeParameters, ...targetParameters, ...pageParameters }),
    response: { 200: pageSchema('processes', processSchema, { type: ['string', 'null'] }), default: errorSchema },
  };
  app.get<{ Querystring: TargetQuery }>('/api/v1/processes', { schema }, async ({ query }) => {
    const processes: object[] = [];
    let last: string | undefined;
    for (const found of processesAfter(fleet, query)) {
      if (processes.length === query.limit) return { processes, next: last };
      processes.push(processJson(found));
      last = cursorOf(found.host, found.status);
    }
    return { processes, next: null };
  });
};

interface FoundProcess {
  readonly host: HostView;
  readonly table: HostProcesses;
  readonly status: ProcessStatus;
}

/** One by one, so that a page of a large fleet looks at no more hosts than it shows. */
function* processesAfter(fleet: Fleet, query: TargetQuery): Generator<FoundProcess> {
  const isTarget = targetsMatcher(query.target ?? []);
  const { after } = query;
  const hosts = hostsInScope(fleet.live, scopeOf(query));
  const firstHost = after?.slice(0, after.indexOf('/')) ?? '';
  for (const host of hosts) {
    const table = host.name < firstHost ? undefined : fleet.live.processes(host.hostId);
    for (const status of table === undefined ? [] : inOrder(table.processes)) {
      const isLater = after === undefined || host.name > firstHost || cursorOf(host, status) > after;
      if (table !== undefined && isLater && isTarget(status.process)) yield { host, table, status };
    }
  }
}

function inOrder(processes: readonly ProcessStatus[]): readonly ProcessStatus[] {
  return processes.toSorted((a, b) => (processKey(a.process) < processKey(b.process) ? -1 : 1));
}

/** `HOST/GROUP:NAME`: names of hosts have no slash. */
function cursorOf(host: HostView, status: ProcessStatus): string {
  return `${host.name}/${processKey(status.process)}`;
}

function processJson({ host, table, status }: FoundProcess): object {
  const known = table.lastKnown.find(({ process }) => processKey(process) === processKey(status.process));
  return {
    ...status,
    host: host.name,
    hostId: host.hostId,
    group: status.process.group,
    name: status.process.name,
    lastKnownState: known?.state ?? null,
    ageMs: json.jsonMs(table.ageUs),
    run: json.jsonInteger(status.run),
    uptimeMs: json.jsonMs(status.uptimeUs),
    startedAt: json.jsonTime(status.startedAtUs),
    stoppedAt: json.jsonTime(status.stoppedAtUs),
    lastExit: json.jsonExit(status.lastExit),
    crashCount: json.jsonInteger(status.crashCount),
  };
}
