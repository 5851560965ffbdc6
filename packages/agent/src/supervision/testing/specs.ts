/** Specs for tests: Supervisor's defaults, and only what a test is about set otherwise. */
import type { LogSpec, ProcessGroupSpec, ProcessSpec } from '@fleetvisor/config';

const log: LogSpec = {
  target: { kind: 'none' },
  maxBytes: 50 * 1024 * 1024,
  backups: 10,
  captureMaxBytes: 0,
  eventsEnabled: false,
  syslog: false,
};

const source = { file: '/etc/supervisord.conf', line: 1 };

/** A process whose program, group and own name are the same unless told. */
export function processSpec(name: string, options: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    group: name,
    name,
    program: name,
    kind: 'program',
    command: `/bin/${name}`,
    directory: undefined,
    umask: undefined,
    user: undefined,
    priority: 999,
    autostart: true,
    autorestart: 'unexpected',
    startsecs: 1,
    startretries: 3,
    stopsignal: 'TERM',
    stopwaitsecs: 10,
    stopasgroup: false,
    killasgroup: false,
    exitcodes: [0],
    redirectStderr: false,
    stdout: log,
    stderr: log,
    environment: {},
    serverurl: undefined,
    fcgiSocket: undefined,
    source,
    ...options,
  };
}

/** The group of one `[program:x]`; processes that are not given are one of the group's name. */
export function groupSpec(
  name: string,
  options: { readonly priority?: number; readonly processes?: readonly ProcessSpec[] } = {},
): ProcessGroupSpec {
  const { priority = 999, processes = [processSpec(name)] } = options;
  const members = processes.map((process) => ({ ...process, group: name }));
  return { kind: 'program', name, priority, processes: members, source };
}
