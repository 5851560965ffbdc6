/** The config struct of one process as clients see it: what the files say, whether it runs or not. Pure but for log paths. */
import { type LogSpec, type ProcessGroupSpec, type ProcessSpec, signalNumber } from '@fleetvisor/config';
import type { XmlRpcStruct, XmlRpcValue } from '../xmlrpc/value.ts';
import { cappedInt } from './capped-int.ts';

export interface ConfigInfoParts {
  readonly group: ProcessGroupSpec;
  readonly spec: ProcessSpec;
  /** A process group of that name is active. */
  readonly isActive: boolean;
  /** undefined: the daemon's own user, or one that is not known any more. */
  readonly uid: number | undefined;
  /** The file of an AUTO log; undefined when it has none, or none that belongs to this reading of the config. */
  readonly autoLog: (stream: 'stdout' | 'stderr') => string | undefined;
}

/** Where Supervisor leaves something unset it says `none`. */
const UNSET = 'none';

export function configInfo({ group, spec, isActive, uid, autoLog }: ConfigInfoParts): XmlRpcStruct {
  return {
    autostart: spec.autostart,
    autorestart: autorestartValues[spec.autorestart],
    directory: spec.directory ?? UNSET,
    uid: uid ?? UNSET,
    command: spec.command,
    exitcodes: spec.exitcodes,
    group: group.name,
    group_prio: cappedInt(group.priority),
    inuse: isActive,
    killasgroup: spec.killasgroup,
    name: spec.name,
    process_prio: cappedInt(spec.priority),
    redirect_stderr: spec.redirectStderr,
    startretries: cappedInt(spec.startretries),
    startsecs: cappedInt(spec.startsecs),
    ...logInfo('stdout', spec.stdout, autoLog),
    stopsignal: signalNumber(spec.stopsignal) ?? 0,
    stopwaitsecs: cappedInt(spec.stopwaitsecs),
    ...logInfo('stderr', spec.stderr, autoLog),
    serverurl: spec.serverurl ?? UNSET,
  };
}

const autorestartValues = {
  always: true,
  never: false,
  unexpected: 'unexpected',
} as const satisfies Record<ProcessSpec['autorestart'], XmlRpcValue>;

function logInfo(
  stream: 'stdout' | 'stderr',
  log: LogSpec,
  autoLog: (stream: 'stdout' | 'stderr') => string | undefined,
): XmlRpcStruct {
  return {
    [`${stream}_capture_maxbytes`]: cappedInt(log.captureMaxBytes),
    [`${stream}_events_enabled`]: log.eventsEnabled,
    [`${stream}_logfile`]: logfile(log, () => autoLog(stream)),
    [`${stream}_logfile_backups`]: cappedInt(log.backups),
    [`${stream}_logfile_maxbytes`]: cappedInt(log.maxBytes),
    [`${stream}_syslog`]: log.syslog,
  };
}

function logfile({ target }: LogSpec, autoLog: () => string | undefined): string {
  switch (target.kind) {
    case 'file':
      return target.path;
    case 'none':
      return UNSET;
    case 'auto':
      return autoLog() ?? 'auto';
  }
}
