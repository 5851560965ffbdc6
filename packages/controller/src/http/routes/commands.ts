/** GET /api/v1/commands: what was asked of hosts, newest first. GET /api/v1/commands/ID: what became of it on each. */
import type { FastifyPluginAsync } from 'fastify';
import { findCommand } from '../../fleet/command-history.ts';
import { hostIdsInScope } from '../../fleet/hosts-in-scope.ts';
import type { Fleet } from '../../start-fleet.ts';
import { commandJson, commandSchema, hostCommandJson, hostCommandSchema } from '../command-json.ts';
import { errorSchema } from '../http-error.ts';
import * as json from '../json.ts';
import { type ListQuery, pageParameters, pageSchema, querySchema, scopeOf, scopeParameters } from '../list-query.ts';

interface CommandsQuery extends ListQuery {
  /** Only those of which some host has not told what became of them. */
  readonly open?: boolean;
}

/** `next` is the cursor of older ones; null when there are none. */
export const commandRoutes: FastifyPluginAsync<{ readonly fleet: Fleet }> = async (app, { fleet }) => {
  const { live, store } = fleet;
  const listSchema = {
    querystring: querySchema({ ...scopeParameters, open: json.flag, ...pageParameters }),
    response: { 200: pageSchema('commands', commandSchema, { type: ['string', 'null'] }), default: errorSchema },
  };
  app.get<{ Querystring: CommandsQuery }>('/api/v1/commands', { schema: listSchema }, async ({ query }) => {
    const found = await store.commands.list({
      hostIds: hostIdsInScope(live, scopeOf(query)),
      before: query.after ?? '',
      sinceUs: 0n,
      isOpen: query.open ?? false,
      limit: query.limit + 1,
    });
    const commands = found.slice(0, query.limit);
    const next = found.length > commands.length ? (commands.at(-1)?.commandId ?? null) : null;
    return { commands: commands.map(commandJson), next };
  });

  const oneSchema = {
    params: { type: 'object', properties: { id: json.text } },
    response: {
      200: {
        type: 'object',
        properties: { command: commandSchema, hosts: { type: 'array', items: hostCommandSchema } },
      },
      default: errorSchema,
    },
  };
  app.get<{ Params: { id: string } }>('/api/v1/commands/:id', { schema: oneSchema }, async ({ params }) => {
    const { command, hosts } = await findCommand(store.commands, live, params.id);
    return { command: commandJson(command), hosts: hosts.map(hostCommandJson) };
  });
};
