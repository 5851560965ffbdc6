/** A main config file with everything it includes, to one value or to all of its problems. */

import type { FleetSpec, ParsedConfig } from './daemon-specs.ts';
import { readIncludes } from './ini/include.ts';
import { type ConfigInput, readDocument } from './ini/read-document.ts';
import type { ParseContext } from './parse-context.ts';
import { absolutePath, dirname } from './paths.ts';
import { type ConfigProblem, ProblemList } from './problem.ts';
import { readFleet } from './sections/fleet.ts';
import { readHttpServers } from './sections/http-servers.ts';
import { readProcessGroups } from './sections/process-groups.ts';
import { type Reading, WarningList } from './sections/reading.ts';
import { readRpcInterfaces } from './sections/rpcinterface.ts';
import { readSupervisorctl } from './sections/supervisorctl.ts';
import { defaultDaemon, readSupervisord } from './sections/supervisord.ts';

export type ParseResult =
  | { readonly ok: true; readonly config: ParsedConfig }
  | {
      readonly ok: false;
      readonly problems: readonly ConfigProblem[];
      /** `[fleet]` as far as it could be read, where the file could be read as a whole: it says where the agent's data is. */
      readonly fleet?: FleetSpec | undefined;
    };

/** Reads a `supervisord.conf`. Overrides from a command line are laid over the result by the caller. */
export function parseConfig(input: ConfigInput, context: ParseContext): ParseResult {
  const problems = new ProblemList();
  const document = readDocument(input, problems);
  const here = context.here ?? dirname(absolutePath(context.cwd, input.file));
  const included = readIncludes(document, here, input.file, context, problems);
  // Half a document would give problems that are only echoes.
  if (!problems.isEmpty) return { ok: false, problems: problems.all() };

  const warnings = new WarningList();
  for (const { file, line, section, message } of included.warnings) warnings.add({ file, line }, section, message);
  const reading: Reading = { document, context, here, env: context.env, problems, warnings };
  const daemon = readDaemon(reading, input.file);
  const withDaemonEnvironment = { ...reading, env: { ...reading.env, ...daemon.environment } };
  const config: ParsedConfig = {
    daemon,
    rpcInterfaces: readRpcInterfaces(withDaemonEnvironment),
    groups: readProcessGroups(withDaemonEnvironment, daemon.environment),
    httpServers: readHttpServers(withDaemonEnvironment),
    ctl: readSupervisorctl(reading),
    fleet: readFleet(withDaemonEnvironment),
    warnings: warnings.all(),
    infos: included.infos,
    files: [input.file, ...included.files],
  };
  return problems.isEmpty ? { ok: true, config } : { ok: false, problems: problems.all(), fleet: config.fleet };
}

function readDaemon(reading: Reading, file: string) {
  const section = reading.document.sections.get('supervisord');
  if (section !== undefined) return readSupervisord(reading, section);
  const message = '.ini file does not include supervisord section';
  reading.problems.add({ file, line: 0, section: 'supervisord', option: undefined, message });
  return { ...defaultDaemon(reading.context.cwd), source: { file, line: 0 } };
}
