/** The daemon's own log as [supervisord] has it: opened at the start, cleared on request, and given other settings by a reload. */
import { resolve } from 'node:path';
import type { DaemonSpec } from '@fleetvisor/config';
import { type Clock, FleetError, messageOf } from '@fleetvisor/primitives';
import type { LogFiles } from './log-files.ts';
import { createMainLog, type MainLogOutputs, type MainLogWriter } from './main-log.ts';
import type { StreamSink } from './stream-sink.ts';
import type { SyslogPort } from './syslog-lines.ts';

export type MainLogSettings = Pick<
  DaemonSpec,
  'logfile' | 'logfileMaxBytes' | 'logfileBackups' | 'loglevel' | 'silent'
>;

export interface MainLogSurroundings {
  readonly clock: Clock;
  readonly files: LogFiles;
  /** Of a daemon in the foreground, unless it is to be silent; undefined in the background. */
  readonly terminal: ((text: string) => void) | undefined;
  /** Asked for only when `logfile=syslog`. @throws FleetError `unavailable` */
  readonly syslog: () => SyslogPort;
}

/** Disposing closes its file. */
export interface MainLog extends MainLogWriter, Disposable {
  /** undefined when it goes to no file. */
  path(): string | undefined;
  /** Empties the file: it is removed and made anew. @throws FleetError `unavailable` */
  clear(): void;
  /** Goes on with other settings. @throws FleetError `unavailable` when its file cannot be had; it goes on as it was then */
  adopt(settings: MainLogSettings): void;
}

/** @throws FleetError `unavailable` */
export function openMainLog(settings: MainLogSettings, around: MainLogSurroundings): MainLog {
  let now = openOutputs(settings, around);
  const writer = createMainLog({ clock: around.clock, ...now });
  const { log, isLogged } = writer;
  const pathOf = ({ logfile }: MainLogSettings) => (logfile.kind === 'file' ? logfile.path : undefined);
  return {
    log,
    isLogged,
    path: () => pathOf(settings),
    clear: () => {
      const path = pathOf(settings);
      if (path === undefined) return;
      log('info', 'reopening log file'); // the terminal keeps it
      around.files.clear(resolve(path));
    },
    adopt: (next) => {
      // The new one first: both may be the same file, which then stays open.
      const opened = openOutputs(next, around);
      const previous = now;
      settings = next;
      now = opened;
      writer.redirect(opened);
      previous.file?.close();
    },
    [Symbol.dispose]: () => {
      writer.redirect({ ...now, file: undefined });
      now.file?.close();
    },
  };
}

function openOutputs(settings: MainLogSettings, { files, terminal, syslog }: MainLogSurroundings): MainLogOutputs {
  const { logfile, loglevel, silent } = settings;
  return {
    level: loglevel,
    file: logfile.kind === 'file' ? openFile(files, logfile.path, settings) : undefined,
    alsoTo: silent ? undefined : terminal,
    syslog: logfile.kind === 'syslog' ? syslog() : undefined,
  };
}

function openFile(files: LogFiles, path: string, settings: MainLogSettings): StreamSink {
  try {
    return files.open(resolve(path), { maxBytes: settings.logfileMaxBytes, backups: settings.logfileBackups });
  } catch (cause) {
    const message = `cannot write the log ${path}: ${messageOf(cause)}; mend [supervisord] logfile, or its folder`;
    throw new FleetError('unavailable', message, { path }, { cause });
  }
}
