/** GET /api/v1/configs: the config files of the fleet, each by its newest revision. */
import type { FastifyPluginAsync } from 'fastify';
import { findHolders, type Holders } from '../../fleet/config-files.ts';
import type { Fleet } from '../../start-fleet.ts';
import type { ConfigFileRecord } from '../../store/configs.ts';
import { errorSchema } from '../http-error.ts';
import * as json from '../json.ts';
import { type ListQuery, pageByKey, pageParameters, pageSchema, querySchema } from '../list-query.ts';

/**
 * `stableRevision` is the one whose rollout ended healthy last, null for none yet. `hosts` are the names of those
 * that have the file, in whatever revision.
 */
const configSchema = {
  type: 'object',
  properties: {
    file: json.text,
    revision: json.bigInteger,
    stableRevision: { type: ['integer', 'string', 'null'] },
    digest: json.text,
    meaningDigest: json.text,
    author: json.text,
    message: json.text,
    createdAt: json.time,
    selector: {
      type: 'object',
      properties: { hosts: json.textList, hostGroups: json.textList, labels: json.textList, all: json.flag },
    },
    hosts: json.textList,
  },
} as const;

export const configRoutes: FastifyPluginAsync<{ readonly fleet: Fleet }> = async (app, { fleet }) => {
  const schema = {
    querystring: querySchema(pageParameters),
    response: { 200: pageSchema('configs', configSchema, { type: ['string', 'null'] }), default: errorSchema },
  };
  app.get<{ Querystring: ListQuery }>('/api/v1/configs', { schema }, async ({ query }) => {
    const page = pageByKey(await fleet.store.configs.list(), ({ newest }) => newest.file, query);
    const holders = await findHolders(fleet.live, fleet.running);
    return { configs: page.items.map((record) => configJson(holders, record)), next: page.next };
  });
};

function configJson(holders: Holders, { newest, stable }: ConfigFileRecord): object {
  const { file, digest, meaningDigest, author, message, selector } = newest;
  return {
    file,
    revision: json.jsonInteger(newest.revision),
    stableRevision: stable === 0n ? null : json.jsonInteger(stable),
    digest,
    meaningDigest,
    author,
    message,
    createdAt: json.jsonTime(newest.createdAtUs),
    selector,
    hosts: holders.of(file).map((host) => host.name),
  };
}
