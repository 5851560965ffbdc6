/** Config files as the fleet holds them. */

import { FleetError } from '@fleetvisor/primitives';
import type { ConfigStore } from '../store/configs.ts';
import { didYouMean } from './close-names.ts';
import type { HostView } from './host-view.ts';
import type { LiveFleet } from './live.ts';
import type { RunningFiles } from './running-files.ts';
import { everyHost } from './scope.ts';

/** Who has which config file, at one moment. */
export interface Holders {
  /** The hosts that have the file, in that revision when one is given; in order of name. */
  of(file: string, revision?: bigint): readonly HostView[];
}

/**
 * Hosts have what they say they run, whatever they should run: a file that a host refused is not there, one whose rollout
 * failed may be. A host of which that is not known counts by what it was given.
 */
export async function findHolders(live: LiveFleet, running: RunningFiles): Promise<Holders> {
  const hosts = live.hosts(everyHost);
  const held = await Promise.all(hosts.map(async (host) => ({ host, files: (await running.of(host)) ?? host.files })));
  return {
    of: (file, revision) =>
      held
        .filter(({ files }) =>
          files.some((ref) => ref.file === file && (revision === undefined || ref.revision === revision)),
        )
        .map(({ host }) => host),
  };
}

const namesShown = 10;

/** What to say when there is no such config file: the names there are. */
export async function fileNotFound(configs: ConfigStore, file: string): Promise<FleetError> {
  const names = (await configs.list()).map(({ newest }) => newest.file);
  const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : '';
  const known = names.length === 0 ? 'there is none yet' : `there are: ${names.slice(0, namesShown).join(', ')}${more}`;
  return new FleetError('not_found', `no config file is called '${file}'${didYouMean(file, names)}; ${known}`, {
    file,
  });
}
