/** A config file of the fleet layer: programs and groups alone, nothing of the daemon they run under. */

import { splitCommand } from './command-line.ts';
import type { ConfigWarning, DaemonSpec } from './daemon-specs.ts';
import { type IniDocument, optionOf } from './ini/document.ts';
import { strip } from './ini/python-text.ts';
import { type ConfigInput, readDocument } from './ini/read-document.ts';
import type { ParseContext } from './parse-context.ts';
import { absolutePath, dirname } from './paths.ts';
import { type ConfigProblem, ProblemList } from './problem.ts';
import { type FleetSectionKind, fleetSectionKind, KNOWN_OPTIONS } from './sections/known-options.ts';
import { readProcessGroups } from './sections/process-groups.ts';
import { WarningList } from './sections/reading.ts';
import type { ProcessGroupSpec, Source } from './specs.ts';

/** A section that defines a program or a process group, also a program that a `[group:x]` takes in. */
export interface FleetDefinition {
  readonly kind: FleetSectionKind;
  readonly name: string;
  readonly source: Source;
}

export interface FleetFile {
  readonly file: string;
  /** By (priority, name); no two of the same name. */
  readonly groups: readonly ProcessGroupSpec[];
  readonly definitions: readonly FleetDefinition[];
  readonly warnings: readonly ConfigWarning[];
}

export type FleetFileResult =
  | { readonly ok: true; readonly fleetFile: FleetFile }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** What the fleet layer takes from the host's `[supervisord]`; a host's whole `DaemonSpec` will do. */
export type FleetFileDefaults = Pick<DaemonSpec, 'environment'>;

const ALLOWED = '[program:x], [group:x], [fcgi-program:x] and [eventlistener:x]';

/** On a host: with its context and its daemon's spec. On the controller: `neutralContext()` and no defaults. */
export function parseFleetFile(
  input: ConfigInput,
  context: ParseContext,
  defaults: FleetFileDefaults = { environment: {} },
): FleetFileResult {
  const problems = new ProblemList();
  const document = readDocument(input, problems);
  if (!problems.isEmpty) return { ok: false, problems: problems.all() };

  refuseOtherSections(document, problems);
  const warnings = new WarningList();
  const here = context.here ?? dirname(absolutePath(context.cwd, input.file));
  const env = { ...context.env, ...defaults.environment };
  const groups = readProcessGroups({ document, context, here, env, problems, warnings }, defaults.environment);
  refuseSameName(groups, problems);
  refuseCommandsThatCannotStart(document, groups, problems);
  warnOfUnknownOptions(document, warnings);
  if (!problems.isEmpty) return { ok: false, problems: problems.all() };
  const definitions = definitionsOf(document);
  return { ok: true, fleetFile: { file: input.file, groups, definitions, warnings: warnings.all() } };
}

function refuseOtherSections(document: IniDocument, problems: ProblemList): void {
  const allowed = ALLOWED;
  if (document.defaultsSource !== undefined) {
    const message = 'a fleet config file cannot have [DEFAULT]: it would change the programs of every other file';
    problems.addToSection(document.defaultsSource, 'DEFAULT', undefined, message, allowed);
  }
  for (const { name, source } of document.sections.values()) {
    if (fleetSectionKind(name) !== undefined) continue;
    problems.addToSection(
      source,
      name,
      undefined,
      `a fleet config file cannot have [${name}]: ${reason(name)}`,
      allowed,
    );
  }
}

function reason(section: string): string {
  const word = section.split(':', 1)[0] ?? section;
  switch (word) {
    case 'supervisord':
    case 'unix_http_server':
    case 'inet_http_server':
    case 'rpcinterface':
    case 'fleet':
      return "it belongs to the daemon of each host and stands in the host's own main file";
    case 'supervisorctl':
    case 'ctlplugin':
      return "it is for the client on each host and stands in the host's own main file";
    case 'include':
      return 'a revision is complete in itself; push each file under a name of its own';
    default:
      return 'no such section makes a program';
  }
}

/** In a main file the second of two silently never runs, as in Supervisor; here nothing older can depend on that. */
function refuseSameName(groups: readonly ProcessGroupSpec[], problems: ProblemList): void {
  const seen = new Map<string, ProcessGroupSpec>();
  for (const group of groups) {
    const first = seen.get(group.name);
    if (first === undefined) {
      seen.set(group.name, group);
      continue;
    }
    const message = `process group ${group.name} is also made by [${first.kind}:${first.name}] in line ${first.source.line}`;
    problems.addToSection(group.source, `${group.kind}:${group.name}`, undefined, message, 'one of each name');
  }
}

/** In a main file such a program is FATAL at its start, as in Supervisor; a push to a hundred hosts ends here instead. */
function refuseCommandsThatCannotStart(
  document: IniDocument,
  groups: readonly ProcessGroupSpec[],
  problems: ProblemList,
): void {
  const sections = new Map([...document.sections.values()].map((section) => [section.source.line, section]));
  for (const { command, kind, program, source } of groups.flatMap(({ processes }) => processes)) {
    const message = commandProblem(command);
    if (message === undefined) continue;
    const section = sections.get(source.line);
    const place = (section && optionOf(document, section, 'command'))?.source ?? source;
    problems.addToSection(place, section?.name ?? `${kind}:${program}`, 'command', message.found, message.allowed);
  }
}

function commandProblem(command: string): { readonly found: string; readonly allowed: string } | undefined {
  if (command.includes('\0')) return { found: 'the command has a NUL character', allowed: 'text without NUL' };
  const split = splitCommand(command);
  if (split.ok) return undefined;
  const allowed = "every quote closed and something after each backslash; ' ;' begins a comment, also within quotes";
  return { found: `the command cannot be split into words: ${split.reason}`, allowed };
}

/** Supervisor says nothing; a misspelt option in a push to a hundred hosts should be seen. */
function warnOfUnknownOptions(document: IniDocument, warnings: WarningList): void {
  for (const { name, options } of document.sections.values()) {
    const kind = fleetSectionKind(name);
    if (kind === undefined) continue;
    const known: readonly string[] = KNOWN_OPTIONS[kind];
    for (const [key, option] of options) {
      if (!known.includes(key)) warnings.add(option.source, name, `unknown option '${key}' in [${name}] is ignored`);
    }
  }
}

function definitionsOf(document: IniDocument): FleetDefinition[] {
  return [...document.sections.values()].flatMap(({ name, source }) => {
    const kind = fleetSectionKind(name);
    return kind === undefined ? [] : [{ kind, name: strip(name.slice(kind.length + 1)), source }];
  });
}
