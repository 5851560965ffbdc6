/** GET /healthz, /readyz and /metrics: for those who watch the controller itself. */
import { messageOf } from '@fleetvisor/primitives';
import type { FastifyPluginAsync } from 'fastify';
import type { Registry } from 'prom-client';
import type { Store } from '../../store/store.ts';
import * as json from '../json.ts';

export interface ProbeParts {
  readonly store: Store;
  readonly registry: Registry;
  /** Whether all doors are open: false while starting and while stopping. */
  readonly isServing: () => boolean;
}

/** `checks` has one line per thing that must work: `ok`, or what is wrong with it. */
const readinessSchema = {
  type: 'object',
  properties: {
    ready: json.flag,
    checks: { type: 'object', properties: { store: json.text, link: json.text } },
  },
} as const;

export const probeRoutes: FastifyPluginAsync<ProbeParts> = async (app, { store, registry, isServing }) => {
  const healthSchema = { response: { 200: { type: 'object', properties: { status: json.text } } } };
  app.get('/healthz', { schema: healthSchema }, async () => ({ status: 'ok' }));

  const readySchema = { response: { 200: readinessSchema, 503: readinessSchema } };
  app.get('/readyz', { schema: readySchema }, async (_request, reply) => {
    const checks = {
      store: await store.check().then(() => 'ok', messageOf),
      link: isServing() ? 'ok' : 'agents and fleetctl cannot connect: the controller is starting or stopping',
    };
    const ready = Object.values(checks).every((check) => check === 'ok');
    return reply.code(ready ? 200 : 503).send({ ready, checks });
  });

  app.get('/metrics', { schema: { response: { 200: json.text } } }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics());
  });
};
