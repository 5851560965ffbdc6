/** Which options each section knows: for telling what will be ignored, and for whoever explains them all. */

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

const CREDENTIALS = ['username', 'password'];

/** The sections only a host's own files have. A test holds each option against its reader. */
export const HOST_OPTIONS = {
  supervisord: [
    ...['logfile', 'logfile_maxbytes', 'logfile_backups', 'loglevel', 'pidfile', 'umask', 'directory', 'nodaemon'],
    ...['silent', 'minfds', 'minprocs', 'nocleanup', 'childlogdir', 'user', 'strip_ansi', 'environment', 'identifier'],
  ],
  unix_http_server: ['file', 'chmod', 'chown', ...CREDENTIALS],
  inet_http_server: ['port', ...CREDENTIALS],
  supervisorctl: ['serverurl', ...CREDENTIALS, 'prompt', 'history_file'],
  rpcinterface: ['supervisor.rpcinterface_factory'],
  include: ['files'],
  fleet: ['controller', 'name', 'groups', 'labels', 'data_dir'],
} as const satisfies Record<string, readonly string[]>;

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
