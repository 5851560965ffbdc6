/** What options a command takes, with the type that each has for it. Knows nothing of the parser of command lines. */
import { FleetError } from '@fleetvisor/primitives';

/** One option. `read` adds a further text from the command line to what came before it. */
export interface OptionSpec<Value> {
  /** As help shows it: `-n, --lines <count>`. */
  readonly flags: string;
  readonly description: string;
  /** Without it. */
  readonly initial: Value;
  /** Left out by an option that takes no value. @throws FleetError `invalid`. */
  read?(text: string, before: Value): Value;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>;

export type OptionValues<Specs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends OptionSpec<infer Value> ? Value : never;
};

export function flag(flags: string, description: string): OptionSpec<boolean> {
  return { flags, description, initial: false };
}

export function value<Value>(
  flags: string,
  description: string,
  parse: (text: string) => Value,
): OptionSpec<Value | undefined> {
  return { flags, description, initial: undefined, read: (text) => parse(text) };
}

export function text(flags: string, description: string): OptionSpec<string | undefined> {
  return value(flags, description, (given) => given);
}

/** May be given several times, and each time with several values between commas. */
export function list(flags: string, description: string): OptionSpec<readonly string[]> {
  return { flags, description, initial: [], read: (given, before) => [...before, ...notEmpty(splitCommas(given))] };
}

/** May be given several times; commas belong to the value. */
export function repeated(flags: string, description: string): OptionSpec<readonly string[]> {
  return { flags, description, initial: [], read: (given, before) => [...before, ...notEmpty([given.trim()])] };
}

/** `--host "$NAME"` with an unset variable must not come to mean every host. */
function notEmpty(values: readonly string[]): readonly string[] {
  if (values.length > 0 && values.every((one) => one !== '')) return values;
  throw new FleetError('invalid', 'it was given without a value');
}

function splitCommas(given: string): string[] {
  return given
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
