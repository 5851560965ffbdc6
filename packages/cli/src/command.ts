/** What a command is, and what it is given to work with. Commands print through `output` and return their exit code. */
import type { Clock } from '@fleetvisor/primitives';
import type { FleetClient } from './client/fleet-client.ts';
import type { ContextStore } from './context/context-store.ts';
import type { ExitCode } from './exit-code.ts';
import type { OptionSpecs, OptionValues } from './option.ts';
import type { Output } from './render/output.ts';

export interface CommandContext {
  readonly output: Output;
  readonly clock: Clock;
  /** Aborted with an `Ended` when the command is ended from outside. */
  readonly signal: AbortSignal;
  /** How long to wait for hosts. */
  readonly waitMs: number;
  readonly contexts: ContextStore;
  /** HOST:PORT of the controller. @throws FleetError where flags or the contexts file make no sense. */
  address(): Promise<string>;
  /** Made at first use: what needs no controller never looks for one. */
  client(): Promise<FleetClient>;
  /** Asks a person to type `answer`. */
  confirm(question: string, answer: string): Promise<Confirmation>;
  /** `-` is standard input. @throws FleetError `not_found` naming the file. */
  readFile(path: string): Promise<Uint8Array>;
}

export type Confirmation = 'yes' | 'no' | 'nobody-there';

export interface CliCommand {
  /** `status`, `config push`. */
  readonly name: string;
  readonly summary: string;
  /** Arguments as help shows them: `<target...>`, `[revision]`. */
  readonly parameters: string;
  readonly options: OptionSpecs;
  /** A command line, and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  /** Further lines for its help. */
  readonly notes: readonly string[];
  run(context: CommandContext, words: readonly string[], options: OptionValues<OptionSpecs>): Promise<ExitCode>;
}

interface CommandDefinition<Specs extends OptionSpecs> {
  readonly name: string;
  readonly summary: string;
  readonly parameters?: string;
  readonly options?: Specs;
  readonly examples: readonly (readonly [string, string])[];
  readonly notes?: readonly string[];
  run(context: CommandContext, words: readonly string[], options: OptionValues<Specs>): Promise<ExitCode>;
}

/** Ties the options that a command takes to the types it gets them with. */
export function defineCommand<Specs extends OptionSpecs = Record<never, never>>(
  definition: CommandDefinition<Specs>,
): CliCommand {
  const { name, summary, parameters = '', examples, notes = [] } = definition;
  return {
    name,
    summary,
    parameters,
    examples,
    notes,
    options: definition.options ?? {},
    // The parser fills in just what `options` asks for: a value of its own type for every name.
    run: (context, words, options) => definition.run(context, words, options as OptionValues<Specs>),
  };
}
