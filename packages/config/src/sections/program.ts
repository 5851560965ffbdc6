/** The options of a program-like section that are read once, before its processes are counted out. */

import type { IniSection } from '../ini/document.ts';
import { strip } from '../ini/python-text.ts';
import type { Autorestart, ProgramKind } from '../specs.ts';
import { autorestart, boolean } from '../values/boolean.ts';
import { byteSize, exitCodes, integer, octal } from '../values/integer.ts';
import { processOrGroupName } from '../values/name.ts';
import { signal } from '../values/signal.ts';
import { userName } from '../values/user.ts';
import { OptionReader } from './option-reader.ts';
import { type ExpansionNames, hostNames, type Reading } from './reading.ts';

/** Ours: Supervisor has no bound, and one mistyped digit would take a host's memory. */
const PROCESSES_MAX = 10_000;

/** A section name taken apart: `program:x`. */
export interface ProgramSection {
  readonly section: IniSection;
  readonly kind: ProgramKind;
  /** `x`, stripped. */
  readonly name: string;
}

export interface StreamOptions {
  readonly captureMaxBytes: number;
  readonly eventsEnabled: boolean;
}

export interface ProgramOptions {
  readonly priority: number;
  readonly autostart: boolean;
  readonly autorestart: Autorestart;
  readonly startsecs: number;
  readonly startretries: number;
  readonly stopsignal: string;
  readonly stopwaitsecs: number;
  readonly stopasgroup: boolean;
  readonly killasgroup: boolean;
  readonly exitcodes: readonly number[];
  readonly redirectStderr: boolean;
  readonly serverurl: string | undefined;
  readonly user: string | undefined;
  readonly umask: number | undefined;
  readonly stdout: StreamOptions;
  readonly stderr: StreamOptions;
  /** Not expanded. */
  readonly processName: string;
  readonly processNumbers: readonly number[];
}

/** What `%(...)s` knows in every option of the section. */
export function programNames(reading: Reading, program: ProgramSection, group: string): ExpansionNames {
  return { here: reading.here, program_name: program.name, group_name: group, ...hostNames(reading.context) };
}

export function readProgramOptions(reading: Reading, program: ProgramSection, group: string): ProgramOptions {
  const options = new OptionReader(reading, program.section, programNames(reading, program, group));
  const stopasgroup = options.value('stopasgroup', false, boolean);
  const killasgroup = options.value('killasgroup', stopasgroup, boolean);
  if (stopasgroup && !killasgroup && options.raw('killasgroup') !== undefined) {
    const message = 'Cannot set stopasgroup=true and killasgroup=false';
    options.refuse('killasgroup', message, 'killasgroup=true, or no killasgroup at all');
  }
  const serverurl = options.text('serverurl');
  return {
    priority: options.value('priority', 999, integer),
    autostart: options.value('autostart', true, boolean),
    autorestart: options.value('autorestart', 'unexpected' as const, autorestart),
    startsecs: options.value('startsecs', 1, integer),
    startretries: options.value('startretries', 3, integer),
    stopsignal: options.value('stopsignal', 'TERM', signal),
    stopwaitsecs: options.value('stopwaitsecs', 10, integer),
    stopasgroup,
    killasgroup,
    exitcodes: options.value('exitcodes', [0], exitCodes),
    redirectStderr: options.value('redirect_stderr', false, boolean),
    serverurl: serverurl === undefined || strip(serverurl).toUpperCase() === 'AUTO' ? undefined : serverurl,
    user: options.checkedText('user', userName(reading.context)),
    umask: options.value('umask', undefined, octal),
    stdout: readStreamOptions(options, 'stdout'),
    stderr: readStreamOptions(options, 'stderr'),
    ...readProcessNumbers(options),
  };
}

function readStreamOptions(options: OptionReader, stream: 'stdout' | 'stderr'): StreamOptions {
  return {
    captureMaxBytes: options.value(`${stream}_capture_maxbytes`, 0, byteSize),
    eventsEnabled: options.value(`${stream}_events_enabled`, false, boolean),
  };
}

function readProcessNumbers(options: OptionReader): Pick<ProgramOptions, 'processName' | 'processNumbers'> {
  const numprocs = options.value('numprocs', 1, integer);
  const start = options.value('numprocs_start', 0, integer);
  const written = options.raw('process_name')?.value ?? '%(program_name)s';
  const processName = options.convert('process_name', written, written, processOrGroupName);
  if (numprocs > 1 && !processName.includes('%(process_num)')) {
    const message = '%(process_num) must be present within process_name when numprocs > 1';
    options.refuse('process_name', message, 'for example %(program_name)s_%(process_num)02d');
  }
  if (numprocs > PROCESSES_MAX) {
    options.refuse('numprocs', `numprocs ${numprocs} is above upper bound (${PROCESSES_MAX})`, `1..${PROCESSES_MAX}`);
  }
  const count = Math.max(0, Math.min(numprocs, PROCESSES_MAX));
  return { processName, processNumbers: Array.from({ length: count }, (_, index) => start + index) };
}
