/** Builds the HTTP door: probes, metrics and the read-only REST API. Listens nowhere: `serve-http.ts` does. */
import { type FastifyInstance, fastify } from 'fastify';
import type { Logger } from 'pino';
import type { Fleet } from '../start-fleet.ts';
import { httpError, toHttpError } from './http-error.ts';
import { commandRoutes } from './routes/commands.ts';
import { configRoutes } from './routes/configs.ts';
import { crashRoutes } from './routes/crashes.ts';
import { eventRoutes } from './routes/events.ts';
import { hostRoutes } from './routes/hosts.ts';
import { type ProbeParts, probeRoutes } from './routes/probes.ts';
import { processRoutes } from './routes/processes.ts';

export interface HttpParts extends Omit<ProbeParts, 'store'> {
  readonly fleet: Fleet;
  readonly log: Logger;
}

/** Whoever polls these does so every few seconds. */
const quietPaths = new Set(['/healthz', '/readyz', '/metrics']);

export function buildApp(parts: HttpParts): FastifyInstance {
  const { fleet, log } = parts;
  // removeAdditional would let a misspelt parameter pass unseen.
  const app = fastify({ forceCloseConnections: true, ajv: { customOptions: { removeAdditional: false } } });
  app.setErrorHandler((thrown, _request, reply) => {
    const { status, body } = toHttpError(thrown);
    if (status === 500) log.error({ err: thrown }, 'request failed by a fault of ours');
    return reply.code(status).send(body);
  });
  app.setNotFoundHandler((request, reply) => {
    const { status, body } = httpError('not_found', `there is no ${request.method} ${request.url.split('?')[0]}`);
    return reply.code(status).send(body);
  });
  app.addHook('onResponse', async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const facts = { method: request.method, path, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) };
    if (quietPaths.has(path)) log.debug(facts, 'request answered');
    else log.info(facts, 'request answered');
  });
  app.register(probeRoutes, { ...parts, store: fleet.store });
  for (const routes of [hostRoutes, processRoutes, eventRoutes, crashRoutes, commandRoutes, configRoutes]) {
    app.register(routes, { fleet });
  }
  return app;
}
