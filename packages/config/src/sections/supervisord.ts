/** `[supervisord]`: the daemon itself. */

import type { DaemonSpec } from '../daemon-specs.ts';
import type { IniSection } from '../ini/document.ts';
import { absolutePath } from '../paths.ts';
import { boolean } from '../values/boolean.ts';
import { daemonFile, daemonFolder, mainLogTarget } from '../values/daemon-paths.ts';
import { environment } from '../values/environment.ts';
import { byteSize, integer, octal } from '../values/integer.ts';
import { logLevel } from '../values/log-level.ts';
import { userName } from '../values/user.ts';
import { OptionReader } from './option-reader.ts';
import { hostNames, type Reading, scopeWith } from './reading.ts';

/** What holds when `[supervisord]` says nothing, in a given folder. */
export function defaultDaemon(cwd: string): DaemonSpec {
  return {
    logfile: { kind: 'file', path: absolutePath(cwd, 'supervisord.log') },
    logfileMaxBytes: 50 * 1024 ** 2,
    logfileBackups: 10,
    loglevel: 'info',
    pidfile: absolutePath(cwd, 'supervisord.pid'),
    umask: 0o022,
    directory: undefined,
    nodaemon: false,
    silent: false,
    minfds: 1024,
    minprocs: 200,
    nocleanup: false,
    childlogdir: undefined,
    user: undefined,
    stripAnsi: false,
    environment: {},
    identifier: 'supervisor',
    source: { file: '', line: 0 },
  };
}

export function readSupervisord(reading: Reading, section: IniSection): DaemonSpec {
  const { context, here } = reading;
  const options = new OptionReader(reading, section, { here });
  const defaults = defaultDaemon(context.cwd);
  return {
    logfile: options.value('logfile', defaults.logfile, mainLogTarget(context)),
    logfileMaxBytes: options.value('logfile_maxbytes', defaults.logfileMaxBytes, byteSize),
    logfileBackups: options.value('logfile_backups', defaults.logfileBackups, integer),
    loglevel: options.value('loglevel', defaults.loglevel, logLevel),
    pidfile: options.value('pidfile', defaults.pidfile, daemonFile(context)),
    umask: options.value('umask', defaults.umask, octal),
    directory: options.value('directory', undefined, daemonFolder(context)),
    nodaemon: options.value('nodaemon', defaults.nodaemon, boolean),
    silent: options.value('silent', defaults.silent, boolean),
    minfds: options.value('minfds', defaults.minfds, integer),
    minprocs: options.value('minprocs', defaults.minprocs, integer),
    nocleanup: options.value('nocleanup', defaults.nocleanup, boolean),
    childlogdir: options.value('childlogdir', undefined, daemonFolder(context)),
    user: options.checkedText('user', userName(context)),
    stripAnsi: options.value('strip_ansi', defaults.stripAnsi, boolean),
    environment: readEnvironment(reading, options),
    identifier: options.text('identifier') ?? defaults.identifier,
    source: section.source,
  };
}

/** The one option here that also knows `host_node_name`. */
function readEnvironment(reading: Reading, options: OptionReader): Readonly<Record<string, string>> {
  const option = options.raw('environment');
  if (option === undefined) return {};
  const scope = scopeWith(reading, { here: reading.here, ...hostNames(reading.context) });
  const text = options.expanded('environment', option, scope);
  return text === undefined ? {} : options.convert('environment', text, {}, environment);
}
