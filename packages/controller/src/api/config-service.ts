/** ConfigService: config files, their revisions, and the rollouts that carry them to hosts. */
import { FleetError } from '@fleetvisor/primitives';
import type { ConfigServiceService } from '@fleetvisor/protocol/api';
import { fileNotFound, findHolders } from '../fleet/config-files.ts';
import type { Fleet } from '../start-fleet.ts';
import type { ServiceMethods } from './call.ts';
import { rolloutStepToWire } from './rollout-to-wire.ts';
import { revisionToWire } from './to-wire.ts';

const revisionsDefault = 100;
const revisionsMax = 1000;
/** In PushConfigRequest.parent: whatever is newest. */
const whateverIsNewest = -1n;

export function configService(fleet: Fleet): ServiceMethods<typeof ConfigServiceService> {
  const { live, running, rollouts } = fleet;
  const { configs } = fleet.store;
  return {
    async *pushConfig(request, call) {
      const { parent, ...rest } = request;
      const push = { ...rest, parent: parent === whateverIsNewest ? undefined : parent, author: call.actor };
      for await (const step of rollouts.push(push, call.signal)) yield { progress: rolloutStepToWire(step) };
    },

    async *rollBackConfig(request, call) {
      const { revision, ...rest } = request;
      const rollBack = { ...rest, revision: revision === 0n ? undefined : revision, author: call.actor };
      for await (const step of rollouts.rollBack(rollBack, call.signal)) yield { progress: rolloutStepToWire(step) };
    },

    async listConfigs() {
      const [files, holders] = await Promise.all([configs.list(), findHolders(live, running)]);
      return {
        configs: files.map(({ newest, stable }) => ({
          newest: revisionToWire(newest, stable, 'no content'),
          stableRevision: stable,
          hostCount: holders.of(newest.file).length,
        })),
      };
    },

    async getConfig(request) {
      const record = await configs.find(request.file);
      if (record === undefined) throw await fileNotFound(configs, request.file);
      const revision = request.revision === 0n ? record.newest : await configs.revision(request.file, request.revision);
      if (revision === undefined) {
        const newest = record.newest.revision;
        throw new FleetError(
          'not_found',
          `${request.file} has no revision ${request.revision}; its newest is ${newest}`,
          {
            file: request.file,
            newest,
          },
        );
      }
      const holders = await findHolders(live, running);
      const hosts = holders.of(request.file, revision.revision).map((host) => host.name);
      return { revision: revisionToWire(revision, record.stable, 'whole'), hosts };
    },

    async listRevisions(request) {
      const record = await configs.find(request.file);
      if (record === undefined) throw await fileNotFound(configs, request.file);
      const limit = request.limit === 0 ? revisionsDefault : Math.min(request.limit, revisionsMax);
      const history = await configs.history(request.file, limit);
      return { revisions: history.map((revision) => revisionToWire(revision, record.stable, 'no content')) };
    },
  };
}
