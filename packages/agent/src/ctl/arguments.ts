/** The options of the command line, read as getopt reads them: they end at the first word that is none. */
import { pythonRepr } from '@fleetvisor/config';
import { type GetoptOption, getopt } from '../getopt.ts';
import { isUrl } from './client/server-url.ts';

export interface CtlOptions {
  readonly configuration: string | undefined;
  readonly serverurl: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly historyFile: string | undefined;
  readonly interactive: boolean;
  /** The command. */
  readonly words: readonly string[];
}

export type ParsedArguments =
  | { readonly kind: 'run'; readonly options: CtlOptions }
  | { readonly kind: 'help' }
  /** A usage error, in supervisorctl's words. */
  | { readonly kind: 'wrong'; readonly message: string };

type OptionName = 'configuration' | 'help' | 'interactive' | 'serverurl' | 'username' | 'password' | 'history_file';

interface CtlOption extends GetoptOption {
  readonly name: OptionName;
}

const OPTIONS: readonly CtlOption[] = [
  { name: 'configuration', short: 'c', long: 'configuration', takes: 'FILENAME' },
  { name: 'help', short: 'h', long: 'help' },
  { name: 'help', short: '?' },
  { name: 'interactive', short: 'i', long: 'interactive' },
  { name: 'serverurl', short: 's', long: 'serverurl', takes: 'URL' },
  { name: 'username', short: 'u', long: 'username', takes: 'USERNAME' },
  { name: 'password', short: 'p', long: 'password', takes: 'PASSWORD' },
  { name: 'history_file', short: 'r', long: 'history_file', takes: 'FILENAME' },
  // supervisorctl's own help has always said it so, and refuses it: here both are understood.
  { name: 'history_file', long: 'history-file', takes: 'FILENAME', inFull: true },
];

export function parseArguments(argv: readonly string[]): ParsedArguments {
  const split = getopt(argv, OPTIONS);
  if (!split.ok) return { kind: 'wrong', message: split.message };
  const values = new Map<OptionName, string>();
  for (const { option, written, value } of split.found) {
    const { name } = option;
    if (name === 'help') return { kind: 'help' };
    if (name === 'serverurl' && !isUrl(value)) {
      const shown = pythonRepr(value);
      return { kind: 'wrong', message: `invalid value for ${written} ${shown}: value ${shown} is not a URL` };
    }
    if (values.has(name)) return { kind: 'wrong', message: `conflicting command line option ${pythonRepr(written)}` };
    values.set(name, value);
  }
  return {
    kind: 'run',
    options: {
      configuration: values.get('configuration'),
      serverurl: values.get('serverurl'),
      username: values.get('username'),
      password: values.get('password'),
      historyFile: values.get('history_file'),
      interactive: values.has('interactive'),
      words: split.rest,
    },
  };
}
