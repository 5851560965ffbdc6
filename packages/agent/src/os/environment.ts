/** The environment of a child. Pure: the daemon's own comes in as a value. */
import type { ProcessSpec } from '@fleetvisor/config';

/** Where the launcher notes the soft limit of open files that it was started with (see limits.ts). Ours alone. */
export const NOFILE_SOFT_VARIABLE = 'FLEET_NOFILE_SOFT';
/** Where the launcher notes the path that it was called by. Ours alone. */
export const EXECUTABLE_VARIABLE = 'FLEET_EXECUTABLE';
/** Where the launcher keeps NODE_OPTIONS, which is for the programs and not for the Node that runs us. */
const NODE_OPTIONS_VARIABLE = 'FLEET_NODE_OPTIONS';
/**
 * The version of an upgrade that has failed starts the one before it, and tells it so: by the path that it was called by itself,
 * which is the one that leads to whatever is installed. Ours alone.
 */
export const SENT_BACK_VARIABLE = 'FLEET_AGENT_SENT_BACK';
/** Signals that came before there was anybody to hear them, by their names without SIG. Ours alone. */
export const HELD_SIGNALS_VARIABLE = 'FLEET_HELD_SIGNALS';
const OURS: readonly string[] = [
  ...[NOFILE_SOFT_VARIABLE, EXECUTABLE_VARIABLE, NODE_OPTIONS_VARIABLE],
  ...[SENT_BACK_VARIABLE, HELD_SIGNALS_VARIABLE],
];

/** What children inherit of the daemon's environment: as it was before the launcher told the daemon what it must know. */
export function inheritedEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && !OURS.includes(name)) inherited[name] = value;
  }
  const nodeOptions = own[NODE_OPTIONS_VARIABLE];
  return nodeOptions === undefined ? inherited : { ...inherited, NODE_OPTIONS: nodeOptions };
}

/**
 * In Supervisor's order: what is inherited, then SUPERVISOR_*, then what the config sets, which may override both.
 * @param serverUrl the daemon's own, used unless the program names another; undefined when no server listens.
 */
export function childEnvironment(
  inherited: Readonly<Record<string, string>>,
  spec: ProcessSpec,
  serverUrl: string | undefined,
): Record<string, string> {
  const url = spec.serverurl ?? serverUrl;
  return {
    ...inherited,
    SUPERVISOR_ENABLED: '1',
    ...(url === undefined ? {} : { SUPERVISOR_SERVER_URL: url }),
    SUPERVISOR_PROCESS_NAME: spec.name,
    SUPERVISOR_GROUP_NAME: spec.group,
    ...spec.environment,
  };
}

/**
 * Where the command of a program is searched. As in Supervisor an empty PATH of the daemon is none, but one that the config
 * gives a program is the present folder.
 */
export function searchPath(inherited: Readonly<Record<string, string>>, spec: ProcessSpec): string | undefined {
  return spec.environment.PATH ?? (inherited.PATH === '' ? undefined : inherited.PATH);
}
