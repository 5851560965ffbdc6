/** The command line as commander reads it: made of the table of commands, ending in one of them with its options. */
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { CliCommand } from './command.ts';
import { type ExitCode, exitCode, exitCodeMeaning } from './exit-code.ts';
import { changeOptions, scopeOptions, standardOptions } from './global-options.ts';
import type { OptionSpec, OptionSpecs } from './option.ts';
import { visibleLines } from './render/visible.ts';
import { version } from './version.ts';

export interface ProgramOptions {
  readonly commands: readonly CliCommand[];
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/** A command that was asked for. */
export interface Invocation {
  readonly command: CliCommand;
  readonly words: readonly string[];
  /** A value for each of the command's own options, and for each standard one. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Options that may also stand before the command. */
const anywhereOptions: OptionSpecs = { ...standardOptions, ...scopeOptions, ...changeOptions };

const everyCommandHeading = 'Options of every command:';

/** Options whose being ignored would widen what a command does. */
const scopeNames = Object.keys(scopeOptions);

/**
 * Reads a command line (without node and script). Help, the version and complaints are written at once.
 * @returns the exit code where there is nothing more to do.
 * @throws FleetError `invalid`.
 */
export function readCommandLine(argv: readonly string[], options: ProgramOptions): Invocation | ExitCode {
  let invocation: Invocation | undefined;
  const program = buildProgram(options, (chosen) => {
    invocation = chosen;
  });
  try {
    program.parse(expandHelp(argv), { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    return thrown.exitCode === 0 ? exitCode.ok : exitCode.usage;
  }
  return invocation ?? exitCode.usage;
}

/** `help config push` is `config push --help`; commander's own takes one word. */
function expandHelp(argv: readonly string[]): string[] {
  const [first, ...words] = argv;
  return first === 'help' && words.length > 1 ? [...words, '--help'] : [...argv];
}

function buildProgram(options: ProgramOptions, choose: (invocation: Invocation) => void): Command {
  const program = newCommand('fleetctl', options)
    .description('supervisorctl for a fleet: see and control programs on many hosts')
    .usage('[options] COMMAND')
    .version(`fleetctl ${version}`, '-V, --version', 'the version of fleetctl')
    .helpCommand('help [command]', 'help for a command')
    .addHelpText('after', exitCodeHelp());
  addOptions(program, anywhereOptions, 'Options, before the command or after it:');
  const groups = new Map<string, Command>();
  for (const command of options.commands) {
    const [first = '', second] = command.name.split(' ');
    if (second === undefined) {
      // A command may have others below it: `hosts`, `hosts forget`.
      const parsed = parserOf(command, first, options, choose);
      groups.set(first, parsed);
      program.addCommand(parsed);
    } else {
      const parent = groups.get(first) ?? newGroup(first, options);
      if (!groups.has(first)) {
        groups.set(first, parent);
        program.addCommand(parent);
      }
      parent.allowExcessArguments().addCommand(parserOf(command, second, options, choose));
    }
  }
  return program;
}

function newGroup(name: string, options: ProgramOptions): Command {
  const group = newCommand(name, options)
    .description(groupSummaries[name] ?? '')
    .usage('COMMAND');
  addOptions(group, standardOptions, everyCommandHeading);
  return group;
}

const groupSummaries: Readonly<Record<string, string>> = {
  config: 'config files of the fleet: push, look, compare, roll back',
  context: 'controllers by name',
};

function newCommand(name: string, { writeOut, writeErr }: ProgramOptions): Command {
  return new Command(name)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut,
      writeErr,
      // What a person has typed comes back in it.
      outputError: (text, write) => write(`${visibleLines(text.replace(/^error: /, 'fleetctl: ')).join('\n')}\n`),
    })
    .showHelpAfterError(`see 'fleetctl help'`)
    .showSuggestionAfterError(true);
}

function parserOf(
  command: CliCommand,
  name: string,
  options: ProgramOptions,
  choose: (invocation: Invocation) => void,
): Command {
  const parser = newCommand(name, options)
    .description(command.summary)
    .showHelpAfterError(`see 'fleetctl ${command.name} --help'`)
    .addHelpText('after', commandHelp(command));
  if (command.parameters !== '') parser.arguments(command.parameters);
  addOptions(parser, command.options, undefined);
  addOptions(parser, standardOptions, everyCommandHeading);
  parser.action(() => {
    complainOfUnknownBelow(parser, command);
    choose({ command, words: parser.args, options: collectOptions(parser, command) });
  });
  return parser;
}

/** A word after a command with others below it is a slip in the name of one, or in how hosts are named. */
function complainOfUnknownBelow(parser: Command, { name, parameters, options }: CliCommand): void {
  const [word] = parser.args;
  if (parser.commands.length === 0 || parameters !== '' || word === undefined) return;
  const ways = parser.commands.map((below) => `fleetctl ${name} ${below.name()}`);
  if ('host' in options) ways.push(`--host ${word}`);
  parser.error(`error: '${name}' knows no '${word}': did you mean ${ways.join(' or ')}?`);
}

function addOptions(parser: Command, specs: OptionSpecs, heading: string | undefined): void {
  for (const spec of Object.values(specs)) {
    const option = new Option(spec.flags, spec.description);
    if (heading !== undefined) option.helpGroup(heading);
    if (spec.read !== undefined)
      option.argParser((given: string, before: unknown) => readOrComplain(spec, given, before));
    parser.addOption(option);
  }
}

/** Commander wants a complaint about a value in its own kind of error. */
function readOrComplain(spec: OptionSpec<unknown>, given: string, before: unknown): unknown {
  try {
    return spec.read?.(given, before ?? spec.initial);
  } catch (thrown) {
    if (thrown instanceof FleetError) throw new InvalidArgumentError(`${messageOf(thrown)}.`);
    throw thrown;
  }
}

/** What was given after the command, else before it, else the initial value. */
function collectOptions(parser: Command, command: CliCommand): Record<string, unknown> {
  const specs: OptionSpecs = { ...command.options, ...standardOptions };
  const own: Record<string, unknown> = parser.opts();
  const before: Record<string, unknown> = {};
  for (let above = parser.parent; above !== null; above = above.parent)
    Object.assign(before, { ...above.opts(), ...before });
  for (const name of scopeNames) {
    if (before[name] !== undefined && !(name in specs)) {
      throw new FleetError('invalid', `'fleetctl ${command.name}' takes no --${name}`);
    }
  }
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const given = own[keyOf(spec)];
    const givenBefore = anywhereOptions[name]?.flags === spec.flags ? before[keyOf(spec)] : undefined;
    values[name] = joined(givenBefore, given) ?? spec.initial;
  }
  return values;
}

function joined(before: unknown, after: unknown): unknown {
  return Array.isArray(before) && Array.isArray(after) ? [...before, ...after] : (after ?? before);
}

function keyOf(spec: OptionSpec<unknown>): string {
  return new Option(spec.flags).attributeName();
}

function commandHelp({ notes, examples }: CliCommand): string {
  const width = Math.max(0, ...examples.map(([line]) => line.length));
  const lines = examples.map(([line, does]) => `  ${line.padEnd(width)}   ${does}`);
  const parts = notes.length === 0 ? [] : ['', ...notes];
  return [...parts, '', 'Examples:', ...lines].join('\n');
}

function exitCodeHelp(): string {
  const lines = Object.entries(exitCodeMeaning).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`);
  return ['', 'Exit codes:', ...lines].join('\n');
}
