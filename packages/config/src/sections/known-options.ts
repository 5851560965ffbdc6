/** Which options the sections of programs know, for telling what will be ignored. */

import type { ProgramKind } from '../specs.ts';

const PROCESS = [
  ...['command', 'process_name', 'numprocs', 'numprocs_start', 'priority', 'autostart', 'startsecs', 'startretries'],
  ...['autorestart', 'exitcodes', 'stopsignal', 'stopwaitsecs', 'stopasgroup', 'killasgroup', 'user', 'umask'],
  ...['redirect_stderr', 'environment', 'directory', 'serverurl'],
  ...['stdout', 'stderr'].flatMap((stream) =>
    ['logfile', 'logfile_maxbytes', 'logfile_backups', 'capture_maxbytes', 'events_enabled', 'syslog'].map(
      (option) => `${stream}_${option}`,
    ),
  ),
];

/** The sections a file of the fleet layer may hold. */
export type FleetSectionKind = ProgramKind | 'group';

export const KNOWN_OPTIONS = {
  group: ['programs', 'priority'],
  program: PROCESS,
  'fcgi-program': [...PROCESS, 'socket', 'socket_owner', 'socket_mode', 'socket_backlog'],
  eventlistener: [...PROCESS, 'events', 'buffer_size', 'result_handler'],
} as const satisfies Record<FleetSectionKind, readonly string[]>;

/** `program` for `program:x`; undefined for a section that is none of these. */
export function fleetSectionKind(section: string): FleetSectionKind | undefined {
  const word = section.slice(0, Math.max(0, section.indexOf(':')));
  switch (word) {
    case 'group':
    case 'program':
    case 'fcgi-program':
    case 'eventlistener':
      return word;
    default:
      return undefined;
  }
}
