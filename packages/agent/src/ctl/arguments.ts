/** The options of the command line, read as getopt reads them: they end at the first word that is none. */
import { pythonRepr } from '@fleetvisor/config';
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

type Taking = 'configuration' | 'serverurl' | 'username' | 'password' | 'history_file';
type OptionName = Taking | 'help' | 'interactive';

const SHORT: Readonly<Record<string, OptionName>> = {
  c: 'configuration',
  h: 'help',
  '?': 'help',
  i: 'interactive',
  s: 'serverurl',
  u: 'username',
  p: 'password',
  r: 'history_file',
};
const TAKING: readonly OptionName[] = ['configuration', 'serverurl', 'username', 'password', 'history_file'];
/** supervisorctl's own help has always said `--history-file`, which it refuses: here both are understood. */
const LONG: readonly string[] = ['help', 'interactive', ...TAKING, 'history-file'];

/** One option with its value; '' where it takes none. */
interface Found {
  readonly name: OptionName;
  /** As errors name it: `-s`, `--serverurl`. */
  readonly written: string;
  readonly value: string;
}

export function parseArguments(argv: readonly string[]): ParsedArguments {
  const split = splitArguments(argv);
  if (!split.ok) return { kind: 'wrong', message: split.message };
  const values = new Map<OptionName, string>();
  for (const { name, written, value } of split.found) {
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
      words: split.words,
    },
  };
}

type Split =
  | { readonly ok: true; readonly found: readonly Found[]; readonly words: readonly string[] }
  | { readonly ok: false; readonly message: string };

function splitArguments(argv: readonly string[]): Split {
  const found: Found[] = [];
  const rest = [...argv];
  for (let word = rest[0]; word?.startsWith('-') && word !== '-'; word = rest[0]) {
    rest.shift();
    if (word === '--') break;
    const problem = word.startsWith('--')
      ? readLong(word.slice(2), rest, found)
      : readShort(word.slice(1), rest, found);
    if (problem !== undefined) return { ok: false, message: problem };
  }
  return { ok: true, found, words: rest };
}

/** A word of one or several letters: `-i`, `-iuname`, `-u name`. Takes a value off `rest`; returns what is wrong. */
function readShort(letters: string, rest: string[], found: Found[]): string | undefined {
  for (let at = 0; at < letters.length; at++) {
    const letter = letters.charAt(at);
    const name = Object.hasOwn(SHORT, letter) ? SHORT[letter] : undefined;
    if (name === undefined) return `option -${letter} not recognized`;
    if (TAKING.includes(name)) {
      const value = letters.slice(at + 1) || rest.shift();
      if (value === undefined) return `option -${letter} requires argument`;
      found.push({ name, written: `-${letter}`, value });
      return undefined;
    }
    found.push({ name, written: `-${letter}`, value: '' });
  }
  return undefined;
}

/** `name` or `name=value`; a beginning that fits only one name is enough. */
function readLong(text: string, rest: string[], found: Found[]): string | undefined {
  const equals = text.indexOf('=');
  const begun = equals === -1 ? text : text.slice(0, equals);
  const fitting = LONG.filter((name) => name.startsWith(begun));
  if (fitting.length === 0) return `option --${begun} not recognized`;
  const names = new Set((fitting.includes(begun) ? [begun] : fitting).map((name) => name.replace('-', '_')));
  const [first, second] = names;
  // `LONG` is made of these names.
  const name = first as OptionName;
  if (second !== undefined) return `option --${begun} not a unique prefix`;
  const written = `--${name}`;
  const given = equals === -1 ? undefined : text.slice(equals + 1);
  if (!TAKING.includes(name)) {
    if (given !== undefined) return `option ${written} must not have an argument`;
    found.push({ name, written, value: '' });
    return undefined;
  }
  const value = given ?? rest.shift();
  if (value === undefined) return `option ${written} requires argument`;
  found.push({ name, written, value });
  return undefined;
}
