/** Commands that were given, looked up by people: which, by whom, and what became of them. */
import { FleetError } from '@fleetvisor/primitives';
import type { CommandStore, CommandSummary, HostCommandRecord } from '../store/commands.ts';
import type { HostView } from './host-view.ts';

/** A command on one host. */
export interface HostCommand extends HostCommandRecord {
  /** Its name; its id where it was forgotten. */
  readonly host: string;
}

export interface CommandDetail {
  readonly command: CommandSummary;
  /** In order of name. */
  readonly hosts: readonly HostCommand[];
}

const candidatesShown = 5;

/**
 * The command of which this is the id, or the beginning of it.
 * @throws FleetError `not_found`; `conflict` naming some of those that are meant, when they are several.
 */
export async function findCommand(
  store: CommandStore,
  hosts: { host(hostId: string): HostView | undefined },
  idOrPrefix: string,
): Promise<CommandDetail> {
  const prefix = idOrPrefix.toLowerCase();
  const found = prefix === '' ? [] : await store.beginningWith(prefix, candidatesShown + 1);
  const [command, ...others] = found;
  if (command === undefined) {
    throw new FleetError('not_found', `no command has the id '${idOrPrefix}': see 'fleetctl commands'`);
  }
  if (others.length > 0 && command.commandId !== prefix) throw ambiguous(idOrPrefix, found);
  const records = await store.results(command.commandId);
  const named = records.map((record) => ({ ...record, host: hosts.host(record.hostId)?.name ?? record.hostId }));
  return { command, hosts: named.toSorted((a, b) => (a.host < b.host ? -1 : 1)) };
}

function ambiguous(prefix: string, found: readonly CommandSummary[]): FleetError {
  const shown = found.slice(0, candidatesShown).map(({ commandId, verb }) => `${commandId} (${verb})`);
  const more = found.length > candidatesShown ? ' and more' : '';
  return new FleetError(
    'conflict',
    `several commands have an id that begins with '${prefix}': ${shown.join(', ')}${more}`,
  );
}
