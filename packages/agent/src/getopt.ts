/** Splits a command line as Python's getopt does, in whose words supervisord and supervisorctl refuse one. Knows no option. */

export interface GetoptOption {
  /** One character. */
  readonly short?: string | undefined;
  readonly long?: string | undefined;
  /** What its value is called in a help text; undefined: it takes none. */
  readonly takes?: string | undefined;
  /** Its long name may not be abbreviated, and takes no abbreviation from another. */
  readonly inFull?: true | undefined;
}

/** One option of a command line with its value: '' where it takes none. */
export interface FoundOption<T extends GetoptOption> {
  readonly option: T;
  /** As errors name it, however it was abbreviated: `-l`, `--logfile`. */
  readonly written: string;
  readonly value: string;
}

export type Getopt<T extends GetoptOption> =
  | { readonly ok: true; readonly found: readonly FoundOption<T>[]; readonly rest: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** The options in the order they were written, up to the first word that is none; `--` ends them too. */
export function getopt<T extends GetoptOption>(argv: readonly string[], options: readonly T[]): Getopt<T> {
  const found: FoundOption<T>[] = [];
  const words = [...argv];
  for (let word = words[0]; word?.startsWith('-') && word !== '-'; word = words[0]) {
    words.shift();
    if (word === '--') break;
    const refusal = word.startsWith('--')
      ? readLong(word.slice(2), words, options, found)
      : readBundle(word.slice(1), words, options, found);
    if (refusal !== undefined) return { ok: false, message: refusal };
  }
  return { ok: true, found, rest: words };
}

/** `logfile=x`, or `logfile` with its value in the next word, which is taken from `words`. */
function readLong<T extends GetoptOption>(
  body: string,
  words: string[],
  options: readonly T[],
  found: FoundOption<T>[],
): string | undefined {
  const equals = body.indexOf('=');
  const name = equals === -1 ? body : body.slice(0, equals);
  const attached = equals === -1 ? undefined : body.slice(equals + 1);
  const meant = options.filter(({ long, inFull }) => (inFull ? long === name : long?.startsWith(name)));
  const option = meant.find(({ long }) => long === name) ?? meant[0];
  if (option === undefined) return `option --${name} not recognized`;
  if (option.long !== name && meant.length > 1) return `option --${name} not a unique prefix`;
  const written = `--${option.long}`;
  if (option.takes === undefined) {
    if (attached !== undefined) return `option ${written} must not have an argument`;
    found.push({ option, written, value: '' });
    return undefined;
  }
  const value = attached ?? words.shift();
  if (value === undefined) return `option ${written} requires argument`;
  found.push({ option, written, value });
  return undefined;
}

/** `nc` with the file in the next word, or `ncFILE`. */
function readBundle<T extends GetoptOption>(
  bundle: string,
  words: string[],
  options: readonly T[],
  found: FoundOption<T>[],
): string | undefined {
  const letters = [...bundle];
  for (let letter = letters.shift(); letter !== undefined; letter = letters.shift()) {
    const option = options.find(({ short }) => short === letter);
    const written = `-${letter}`;
    if (option === undefined) return `option ${written} not recognized`;
    if (option.takes === undefined) {
      found.push({ option, written, value: '' });
      continue;
    }
    const value = letters.length > 0 ? letters.splice(0).join('') : words.shift();
    if (value === undefined) return `option ${written} requires argument`;
    found.push({ option, written, value });
  }
  return undefined;
}
