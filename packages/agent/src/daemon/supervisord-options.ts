/** supervisord's command line with the fleet's options: what it asks for, or in Supervisor's words why it cannot. Pure. */
import { type ParseContext, pythonRepr, userName } from '@fleetvisor/config';
import { type FoundOption, getopt } from '../getopt.ts';
import type { RunFlags } from '../settings.ts';
import type { DaemonOverrides } from './daemon-overrides.ts';
import { type DaemonOption, FLEET_OPTIONS, SUPERVISORD_OPTIONS } from './option-table.ts';

export interface SupervisordOptions {
  /** As written; undefined: to be looked for. */
  readonly configFile: string | undefined;
  readonly overrides: DaemonOverrides;
  readonly fleet: RunFlags;
  /** Options that were taken and do nothing here, as written. */
  readonly ignored: readonly string[];
}

export type ParsedOptions =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** `allowed` says what would be right, where that is not plain. */
  | { readonly kind: 'error'; readonly message: string; readonly allowed?: string }
  | { readonly kind: 'run'; readonly options: SupervisordOptions };

/** @param host for what it alone knows: its folders and users */
export function parseSupervisordOptions(argv: readonly string[], host: ParseContext): ParsedOptions {
  const split = getopt(argv, [...SUPERVISORD_OPTIONS, ...FLEET_OPTIONS]);
  if (!split.ok) return { kind: 'error', message: split.message };
  if (split.rest.length > 0) {
    const shown = split.rest.map((word) => pythonRepr(word)).join(', ');
    return { kind: 'error', message: `positional arguments are not supported: [${shown}]` };
  }
  return readFound(split.found, host);
}

/** In the order they were written: a mistake before `-h` is told, one behind it is not. */
function readFound(found: readonly FoundOption<DaemonOption>[], host: ParseContext): ParsedOptions {
  let configFile: string | undefined;
  let overrides: DaemonOverrides = {};
  const ignored: string[] = [];
  const seen = new Set<DaemonOption>();
  for (const { option, written, value } of found) {
    const { does } = option;
    if (does.kind === 'help' || does.kind === 'version') return { kind: does.kind };
    const given = does.kind === 'override' ? does.read(value, host) : undefined;
    if (given?.ok === false) {
      const message = `invalid value for ${written} ${pythonRepr(value)}: ${given.message}`;
      return { kind: 'error', message, allowed: given.allowed };
    }
    const isRepeatable = does.kind === 'fleet' && does.isRepeatable;
    if (seen.has(option) && !isRepeatable) {
      return { kind: 'error', message: `conflicting command line option ${pythonRepr(written)}` };
    }
    seen.add(option);
    if (given !== undefined) overrides = { ...overrides, ...given.value };
    if (does.kind === 'configuration') configFile = value;
    if (does.kind === 'ignored') ignored.push(written);
  }
  // Last, and without the option's name: so Supervisor, which asks only when it has read the config.
  const user = overrides.user === undefined ? undefined : userName(host)(overrides.user);
  if (user?.ok === false) return { kind: 'error', message: user.message, allowed: user.allowed };
  return { kind: 'run', options: { configFile, overrides, fleet: fleetFlags(found), ignored } };
}

function fleetFlags(found: readonly FoundOption<DaemonOption>[]): RunFlags {
  const valuesOf = (flag: keyof RunFlags) =>
    found.flatMap(({ option: { does }, value }) => (does.kind === 'fleet' && does.flag === flag ? [value] : []));
  return {
    controller: valuesOf('controller'),
    name: valuesOf('name')[0],
    group: valuesOf('group'),
    label: valuesOf('label'),
    dataDir: valuesOf('dataDir')[0],
  };
}
