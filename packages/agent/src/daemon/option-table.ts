/** Every option of supervisord's command line, and the fleet's: its names, what it means, what its value does. */
import {
  byteSize,
  type Converted,
  type Converter,
  daemonFile,
  daemonFolder,
  good,
  integer,
  logLevel,
  mainLogTarget,
  octal,
  type ParseContext,
} from '@fleetvisor/config';
import type { GetoptOption } from '../getopt.ts';
import type { RunFlags } from '../settings.ts';
import type { DaemonOverrides } from './daemon-overrides.ts';

export type OptionEffect =
  /** Lays its value over the config's. */
  | { readonly kind: 'override'; readonly read: (text: string, host: ParseContext) => Converted<DaemonOverrides> }
  /** Taken as written: what it means is known when the config's own [fleet] is. */
  | { readonly kind: 'fleet'; readonly flag: keyof RunFlags; readonly isRepeatable: boolean }
  | { readonly kind: 'configuration' | 'help' | 'version' | 'ignored' };

export interface DaemonOption extends GetoptOption {
  readonly does: OptionEffect;
  /** For the help text; undefined: a second name of another. */
  readonly meaning?: string;
}

export const SUPERVISORD_OPTIONS: readonly DaemonOption[] = [
  {
    ...{ short: 'c', long: 'configuration', takes: 'FILE', does: { kind: 'configuration' } },
    meaning: 'the config file (default: looked for in the places below)',
  },
  { short: 'n', long: 'nodaemon', does: says({ nodaemon: true }), meaning: 'stay in the foreground' },
  {
    ...{ short: 's', long: 'silent', does: says({ silent: true }) },
    meaning: 'in the foreground: do not write the main log to stdout too',
  },
  {
    ...{ short: 'u', long: 'user', takes: 'USER', does: sets(good, (user: string) => ({ user })) },
    meaning: 'become this user, by name or number (only root can)',
  },
  {
    ...{ short: 'm', long: 'umask', takes: 'OCTAL', does: sets(octal, (umask) => ({ umask })) },
    meaning: 'umask of the daemon in the background (default 022)',
  },
  {
    ...{ short: 'd', long: 'directory', takes: 'FOLDER', does: finds(daemonFolder, (directory) => ({ directory })) },
    meaning: 'go there when going to the background',
  },
  {
    ...{ short: 'l', long: 'logfile', takes: 'FILE', does: finds(mainLogTarget, (logfile) => ({ logfile })) },
    meaning: 'the main log, or syslog (default supervisord.log)',
  },
  {
    ...{ short: 'y', long: 'logfile_maxbytes', takes: 'BYTES' },
    does: sets(byteSize, (logfileMaxBytes) => ({ logfileMaxBytes })),
    meaning: 'rotate the main log at this size; 0: never (default 50MB)',
  },
  {
    ...{ short: 'z', long: 'logfile_backups', takes: 'NUMBER' },
    does: sets(integer, (logfileBackups) => ({ logfileBackups })),
    meaning: 'how many rotated main logs to keep (default 10)',
  },
  {
    ...{ short: 'e', long: 'loglevel', takes: 'LEVEL', does: sets(logLevel, (loglevel) => ({ loglevel })) },
    meaning: 'critical, error, warn, info, debug, trace or blather (default info)',
  },
  {
    ...{ short: 'j', long: 'pidfile', takes: 'FILE', does: finds(daemonFile, (pidfile) => ({ pidfile })) },
    meaning: 'where to write the pid (default supervisord.pid)',
  },
  {
    ...{ short: 'i', long: 'identifier', takes: 'NAME', does: sets(good, (identifier: string) => ({ identifier })) },
    meaning: 'what clients and event listeners know it by (default supervisor)',
  },
  {
    ...{ short: 'q', long: 'childlogdir', takes: 'FOLDER' },
    does: finds(daemonFolder, (childlogdir) => ({ childlogdir })),
    meaning: 'where programs that name no log file have theirs (default: the temporary folder)',
  },
  {
    ...{ short: 'k', long: 'nocleanup', does: says({ nocleanup: true }) },
    meaning: 'keep the automatic logs of earlier runs',
  },
  {
    ...{ short: 'a', long: 'minfds', takes: 'NUMBER', does: sets(integer, (minfds) => ({ minfds })) },
    meaning: 'open files it must be allowed, else it does not start (default 1024)',
  },
  {
    ...{ long: 'minprocs', takes: 'NUMBER', does: sets(integer, (minprocs) => ({ minprocs })) },
    meaning: 'processes it must be allowed, else it does not start (default 200)',
  },
  {
    ...{ short: 't', long: 'strip_ansi', does: says({ stripAnsi: true }) },
    meaning: 'keep terminal colours and other escape codes out of the logs of programs',
  },
  {
    ...{ long: 'profile_options', takes: 'LIST', does: { kind: 'ignored' } },
    meaning: 'accepted and ignored: it measures the Python of supervisord',
  },
  { short: 'v', long: 'version', does: { kind: 'version' }, meaning: 'print the version' },
  { short: 'h', long: 'help', does: { kind: 'help' }, meaning: 'print this (-? too)' },
  { short: '?', does: { kind: 'help' } },
];

/** Never abbreviated: what scripts abbreviate of supervisord's must go on to mean the same. */
export const FLEET_OPTIONS: readonly DaemonOption[] = [
  {
    ...{ long: 'controller', takes: 'HOST:PORT', inFull: true, does: fleet('controller', 'repeatable') },
    meaning: 'address of the controller; again for further addresses of the same one',
  },
  {
    ...{ long: 'name', takes: 'NAME', inFull: true, does: fleet('name', 'once') },
    meaning: 'name of this host in the fleet (default: its host name)',
  },
  {
    ...{ long: 'group', takes: 'NAMES', inFull: true, does: fleet('group', 'repeatable') },
    meaning: 'host groups it is in; again, or with commas, for more',
  },
  {
    ...{ long: 'label', takes: 'KEY=VALUE', inFull: true, does: fleet('label', 'repeatable') },
    meaning: 'a label of it; again, or with commas, for more',
  },
  {
    ...{ long: 'data-dir', takes: 'FOLDER', inFull: true, does: fleet('dataDir', 'once') },
    meaning: 'where it keeps what it must remember (default: a folder of its own for each config file)',
  },
];

function says(overrides: DaemonOverrides): OptionEffect {
  return { kind: 'override', read: () => good(overrides) };
}

function sets<T>(convert: Converter<T>, toOverrides: (value: T) => DaemonOverrides): OptionEffect {
  return finds(() => convert, toOverrides);
}

/** For values that only the host can judge. */
function finds<T>(on: (host: ParseContext) => Converter<T>, toOverrides: (value: T) => DaemonOverrides): OptionEffect {
  const read = (text: string, host: ParseContext): Converted<DaemonOverrides> => {
    const converted = on(host)(text);
    return converted.ok ? good(toOverrides(converted.value)) : converted;
  };
  return { kind: 'override', read };
}

function fleet(flag: keyof RunFlags, times: 'once' | 'repeatable'): OptionEffect {
  return { kind: 'fleet', flag, isRepeatable: times === 'repeatable' };
}
