/** Config files as the fleet holds them. */
import { FleetError } from '@fleetvisor/primitives';
import type { ConfigStore } from '../store/configs.ts';
import { didYouMean } from './close-names.ts';
import type { HostView } from './host-view.ts';
import type { LiveFleet } from './live.ts';
import { everyHost } from './scope.ts';

/** The hosts whose desired state has the file, in that revision when one is given; in order of name. */
export function holdersOf(live: LiveFleet, file: string, revision?: bigint): readonly HostView[] {
  const isIt = (held: { readonly file: string; readonly revision: bigint }) =>
    held.file === file && (revision === undefined || held.revision === revision);
  return live.hosts(everyHost).filter((host) => host.files.some(isIt));
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
