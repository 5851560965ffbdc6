/** What the agent is told on its command line and in the config's [fleet] section, and what holds where nothing is said. Pure. */
import { createHash } from 'node:crypto';
import { isAbsolute, join, resolve } from 'node:path';
import {
  type Converter,
  controllerAddress,
  type FleetSpec,
  hostGroups,
  hostLabels,
  hostName,
} from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';

/** As written behind the flags; undefined or empty where not given. */
export interface RunFlags {
  readonly controller: readonly string[];
  readonly name: string | undefined;
  readonly group: readonly string[];
  readonly label: readonly string[];
  readonly dataDir: string | undefined;
}

export interface FleetSettings {
  /** HOST:PORT of the one controller, tried in turn; empty: this agent runs alone. */
  readonly endpoints: readonly string[];
  readonly name: string;
  readonly hostGroups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly dataDir: string;
}

/** What of the machine the defaults are made of. */
export interface Machine {
  readonly hostname: string;
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/**
 * Flags win over [fleet], [fleet] over the defaults.
 * @throws FleetError `invalid` naming the flag that makes no sense.
 */
export function resolveSettings(
  flags: RunFlags,
  fleet: FleetSpec | undefined,
  configFile: string,
  machine: Machine,
): FleetSettings {
  const fromConfig = fleet?.controller === undefined ? [] : [formatAddress(fleet.controller)];
  const endpoints = flags.controller.map((text) => address(text));
  return {
    endpoints: endpoints.length > 0 ? endpoints : fromConfig,
    name: flags.name === undefined ? (fleet?.name ?? machine.hostname) : read('--name', flags.name, hostName),
    hostGroups:
      flags.group.length > 0 ? flags.group.flatMap((text) => read('--group', text, hostGroups)) : (fleet?.groups ?? []),
    labels: { ...fleet?.labels, ...Object.assign({}, ...flags.label.map((text) => read('--label', text, hostLabels))) },
    dataDir: resolve(machine.cwd, flags.dataDir ?? fleet?.dataDir ?? defaultDataDir(configFile, machine)),
  };
}

/** Of a path in the name of a data folder. */
const nameCharsMax = 128;

/** One folder for each config file: two agents on one machine never share an agent.db by accident. */
function defaultDataDir(configFile: string, machine: Machine): string {
  const path = resolve(machine.cwd, configFile);
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 8);
  // Its end tells most, and a file name has 255 bytes.
  const name = path
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(-nameCharsMax)
    .replace(/^-/, '');
  return join(stateRoot(machine), `${name}-${digest}`);
}

/** FHS 5.8 for root, the XDG base directories for others: those count only where they are absolute. */
function stateRoot({ uid, env: { XDG_STATE_HOME: state = '', HOME: home = '' } }: Machine): string {
  if (uid === 0) return '/var/lib/fleet-agent';
  if (isAbsolute(state)) return join(state, 'fleet-agent');
  if (isAbsolute(home)) return join(home, '.local/state/fleet-agent');
  throw new FleetError('invalid', 'cannot choose a data folder: HOME is not set; name one with --data-dir');
}

function address(text: string): string {
  return formatAddress(read('--controller', text, controllerAddress));
}

function formatAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function read<T>(flag: string, text: string, convert: Converter<T>): T {
  const converted = convert(text);
  if (converted.ok) return converted.value;
  throw new FleetError('invalid', `${flag}: ${converted.message}; allowed: ${converted.allowed}`);
}
