/** Where a process's output goes: the options that are read once per process. */

import type { ExpansionScope } from '../expand/expand.ts';
import { expand } from '../expand/expand.ts';
import type { LogSpec, LogTarget } from '../specs.ts';
import { boolean } from '../values/boolean.ts';
import { type LogFileName, logFileName } from '../values/file-paths.ts';
import { byteSize, integer } from '../values/integer.ts';
import type { OptionReader } from './option-reader.ts';
import type { ProgramOptions, ProgramSection } from './program.ts';
import type { Reading } from './reading.ts';

const MAX_BYTES = 50 * 1024 ** 2;

interface LogsInput {
  readonly reading: Reading;
  readonly program: ProgramSection;
  readonly settings: ProgramOptions;
  /** With the names of one process. */
  readonly options: OptionReader;
  readonly scope: ExpansionScope;
}

export function readProcessLogs(input: LogsInput): { stdout: LogSpec; stderr: LogSpec } {
  const stdout = readLog(input, 'stdout');
  const stderr = readLog(input, 'stderr');
  if (!input.settings.redirectStderr) return { stdout, stderr };
  if (stderr.target.kind === 'file') {
    warn(
      input,
      'redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored',
    );
  }
  return { stdout, stderr: { ...stderr, target: { kind: 'none' } } };
}

function readLog(input: LogsInput, stream: 'stdout' | 'stderr'): LogSpec {
  const { options, settings } = input;
  const name = readLogFileName(input, `${stream}_logfile`);
  const maxBytes = options.value(`${stream}_logfile_maxbytes`, MAX_BYTES, byteSize);
  const syslog = options.value(`${stream}_syslog`, false, boolean);
  if (name.kind === 'syslog') {
    const instead = `${stream}_syslog=true to enable syslog instead.`;
    warn(input, `${stream}_logfile=syslog but this is deprecated and will be removed.  Use ${instead}`);
  }
  if (name.kind === 'auto' && maxBytes === 0) {
    warn(
      input,
      `AUTO logging used for ${stream}_logfile without rollover, set maxbytes > 0 to avoid filling up filesystem ` +
        'unintentionally',
    );
  }
  return {
    target: targetOf(name),
    maxBytes,
    backups: options.value(`${stream}_logfile_backups`, 10, integer),
    captureMaxBytes: settings[stream].captureMaxBytes,
    eventsEnabled: settings[stream].eventsEnabled,
    syslog: syslog || name.kind === 'syslog',
  };
}

/** Supervisor expands these two options twice: a percent sign in a file name is written `%%%%`. */
function readLogFileName({ reading, options, scope }: LogsInput, key: string): LogFileName {
  const once = options.text(key);
  if (once === undefined) return { kind: 'auto' };
  const twice = expand(once, scope, key);
  if (!twice.ok) {
    options.refuse(key, twice.message, '%%%% for a percent sign: this option is expanded twice');
    return { kind: 'auto' };
  }
  if (!twice.isComplete) return { kind: 'file', path: twice.text };
  return options.convert(key, twice.text, { kind: 'auto' as const }, logFileName(reading.context));
}

function targetOf(name: LogFileName): LogTarget {
  return name.kind === 'syslog' ? { kind: 'none' } : name;
}

function warn({ reading, program }: LogsInput, message: string): void {
  const { source, name } = program.section;
  reading.warnings.add(source, name, `For [${name}], ${message}`);
}
