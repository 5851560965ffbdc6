/** What a new config changes, exactly as Supervisor's reread sees it. */

import { assertNever } from '@fleetvisor/primitives';
import { lastOfEachName } from './last-of-each-name.ts';
import type { LogSpec, LogTarget, ProcessGroupSpec, ProcessSpec } from './specs.ts';

export interface GroupDiff {
  /** In the order of the wanted groups. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** In the order of the active groups. */
  readonly removed: readonly string[];
}

/**
 * Names of process groups. `active` are the groups that exist, so their AUTO logs have files by now: from AUTO to a
 * path or to none is a change, while a wanted AUTO equals whatever is there.
 */
export function diffGroups(active: readonly ProcessGroupSpec[], wanted: readonly ProcessGroupSpec[]): GroupDiff {
  const activeByName = new Map(active.map((group) => [group.name, group]));
  const wantedNames = new Set(wanted.map((group) => group.name));
  const isChanged = (group: ProcessGroupSpec) => {
    const now = activeByName.get(group.name);
    return now !== undefined && !isSameGroup(now, group);
  };
  return {
    added: wanted.filter(({ name }) => !activeByName.has(name)).map(({ name }) => name),
    changed: wanted.filter(isChanged).map(({ name }) => name),
    removed: active.filter(({ name }) => !wantedNames.has(name)).map(({ name }) => name),
  };
}

function isSameGroup(active: ProcessGroupSpec, wanted: ProcessGroupSpec): boolean {
  return (
    active.priority === wanted.priority &&
    isSameKind(active, wanted) &&
    isSameProcesses(lastOfEachName(active.processes), lastOfEachName(wanted.processes))
  );
}

function isSameProcesses(active: readonly ProcessSpec[], wanted: readonly ProcessSpec[]): boolean {
  return (
    active.length === wanted.length &&
    active.every((process, index) => {
      const other = wanted[index];
      return other !== undefined && diffProcess(process, other).length === 0;
    })
  );
}

/** A program's group and a `[group:x]` are of one kind: only what runs in them counts. */
function isSameKind(active: ProcessGroupSpec, wanted: ProcessGroupSpec): boolean {
  switch (active.kind) {
    case 'fcgi-program':
      return wanted.kind === 'fcgi-program' && active.socket.url === wanted.socket.url;
    case 'eventlistener':
      return (
        wanted.kind === 'eventlistener' &&
        active.bufferSize === wanted.bufferSize &&
        active.resultHandler === wanted.resultHandler &&
        isSameList(active.events, wanted.events)
      );
    case 'program':
    case 'group':
      return wanted.kind === 'program' || wanted.kind === 'group';
    default:
      return assertNever(active);
  }
}

/**
 * The options that differ, by their names in the file; `process_name` for the name. `numprocs_start`, the program's
 * name and the mode, owner and backlog of a FastCGI socket do not count, as in Supervisor.
 */
export function diffProcess(active: ProcessSpec, wanted: ProcessSpec): string[] {
  const isSame = {
    process_name: active.name === wanted.name,
    command: active.command === wanted.command,
    user: active.user === wanted.user,
    directory: active.directory === wanted.directory,
    umask: active.umask === wanted.umask,
    priority: active.priority === wanted.priority,
    autostart: active.autostart === wanted.autostart,
    autorestart: active.autorestart === wanted.autorestart,
    startsecs: active.startsecs === wanted.startsecs,
    startretries: active.startretries === wanted.startretries,
    stopsignal: active.stopsignal === wanted.stopsignal,
    stopwaitsecs: active.stopwaitsecs === wanted.stopwaitsecs,
    stopasgroup: active.stopasgroup === wanted.stopasgroup,
    killasgroup: active.killasgroup === wanted.killasgroup,
    exitcodes: isSameList(active.exitcodes, wanted.exitcodes),
    redirect_stderr: active.redirectStderr === wanted.redirectStderr,
    environment: isSameRecord(active.environment, wanted.environment),
    serverurl: active.serverurl === wanted.serverurl,
    socket: active.fcgiSocket?.url === wanted.fcgiSocket?.url,
    ...sameLog('stdout', active.stdout, wanted.stdout),
    ...sameLog('stderr', active.stderr, wanted.stderr),
  };
  return Object.entries(isSame).flatMap(([option, same]) => (same ? [] : [option]));
}

function sameLog(stream: string, active: LogSpec, wanted: LogSpec): Record<string, boolean> {
  return {
    [`${stream}_logfile`]: isSameTarget(active.target, wanted.target),
    [`${stream}_logfile_maxbytes`]: active.maxBytes === wanted.maxBytes,
    [`${stream}_logfile_backups`]: active.backups === wanted.backups,
    [`${stream}_capture_maxbytes`]: active.captureMaxBytes === wanted.captureMaxBytes,
    [`${stream}_events_enabled`]: active.eventsEnabled === wanted.eventsEnabled,
    [`${stream}_syslog`]: active.syslog === wanted.syslog,
  };
}

function isSameTarget(active: LogTarget, wanted: LogTarget): boolean {
  if (wanted.kind === 'auto') return true;
  if (active.kind === 'file' && wanted.kind === 'file') return active.path === wanted.path;
  return active.kind === wanted.kind;
}

function isSameList(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function isSameRecord(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}
