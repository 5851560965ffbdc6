/** One program-like section to the specs of its processes. */

import type { FcgiSocketSpec, ProcessSpec } from '../specs.ts';
import { byText } from '../text-order.ts';
import { environment } from '../values/environment.ts';
import { OptionReader } from './option-reader.ts';
import { readProcessLogs } from './process-logs.ts';
import { type ProgramOptions, type ProgramSection, programNames, readProgramOptions } from './program.ts';
import type { ExpansionNames, Reading } from './reading.ts';

export interface ProcessesInput {
  readonly program: ProgramSection;
  /** Name of the process group: the heterogeneous one where the program is listed in one. */
  readonly group: string;
  readonly fcgiSocket: FcgiSocketSpec | undefined;
  /** `[supervisord] environment`. */
  readonly daemonEnvironment: Readonly<Record<string, string>>;
}

/** By name: all processes of a section have the same priority. */
export function readProcesses(reading: Reading, input: ProcessesInput): ProcessSpec[] {
  const settings = readProgramOptions(reading, input.program, input.group);
  const processes: ProcessSpec[] = [];
  // Supervisor never forgets a number's own variables: the next number sees them as ENV_X, other programs do not.
  let earlier: Readonly<Record<string, string>> = {};
  for (const number of settings.processNumbers) {
    const names = {
      ...programNames(reading, input.program, input.group),
      process_num: number,
      numprocs: settings.processNumbers.length,
    };
    const own = readOwnEnvironment(reading, input.program, names, earlier);
    const env = { ...earlier, ...reading.env, ...own };
    earlier = { ...earlier, ...own };
    processes.push(readProcess({ ...reading, env }, input, settings, names, own));
  }
  return processes.toSorted((a, b) => byText(a.name, b.name));
}

/** A variable that the daemon has too is the daemon's here: a program cannot read what it is about to set. */
function readOwnEnvironment(
  reading: Reading,
  program: ProgramSection,
  names: ExpansionNames,
  earlier: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const options = new OptionReader(reading, program.section, names);
  const option = options.raw('environment');
  if (option === undefined) return {};
  const scope = { names, env: { ...earlier, ...reading.env }, unknownEnv: reading.context.unknownEnv };
  const text = options.expanded('environment', option, scope, 'environment');
  return text === undefined ? {} : options.convert('environment', text, {}, environment);
}

function readProcess(
  reading: Reading,
  { program, group, fcgiSocket, daemonEnvironment }: ProcessesInput,
  settings: ProgramOptions,
  names: ExpansionNames,
  own: Readonly<Record<string, string>>,
): ProcessSpec {
  const options = new OptionReader(reading, program.section, names);
  const scope = { names, env: reading.env, unknownEnv: reading.context.unknownEnv };
  if (options.raw('command') === undefined) {
    const message = `program section ${program.section.name} does not specify a command`;
    options.refuse('command', message, 'command = the program to run and its arguments');
  }
  const { processName, processNumbers: _, ...common } = settings;
  const nameOption = { value: processName, source: options.raw('process_name')?.source ?? program.section.source };
  return {
    ...common,
    ...readProcessLogs({ reading, program, settings, options, scope }),
    group,
    name: options.expanded('process_name', nameOption, scope, 'process_name') ?? processName,
    program: program.name,
    kind: program.kind,
    command: options.text('command') ?? '',
    directory: options.text('directory'),
    environment: { ...daemonEnvironment, ...own },
    fcgiSocket,
    source: program.section.source,
  };
}
