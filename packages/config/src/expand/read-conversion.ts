/** One `%...` of a Python format string, taken apart. The reasons for refusing are Python's. */

/** Wider than any name or number needs; Python's own bound would let one line of config take a gigabyte. */
const WIDTH_MAX = 1000;

export interface Conversion {
  readonly ok: true;
  readonly kind: 'value';
  readonly name: string;
  /** Any of `#0- +`. */
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  /** The letter at the end. */
  readonly letter: string;
  /** Where the text goes on. */
  readonly end: number;
}

export type ReadConversion =
  | Conversion
  | { readonly ok: true; readonly kind: 'percent'; readonly end: number }
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string): ReadConversion => ({ ok: false, reason });

/** Reads the conversion that begins with the `%` at `start`. */
export function readConversion(format: string, start: number): ReadConversion {
  if (format.charAt(start + 1) === '%') return { ok: true, kind: 'percent', end: start + 2 };
  let at = start + 1;
  let name: string | undefined;
  if (format.charAt(at) === '(') {
    const close = closingParenthesis(format, at);
    if (close === undefined) return refused('incomplete format key');
    name = format.slice(at + 1, close);
    at = close + 1;
  }
  const rest = /^([#0\- +]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]?/.exec(format.slice(at, at + 64));
  const [all = '', flags = '', width = '', precision] = rest ?? [];
  at += all.length;
  const letter = String.fromCodePoint(...[format.codePointAt(at) ?? 0].filter((code) => code > 0));
  if (width === '*' || precision === '*') return refused('not enough arguments for format string');
  if (Number(width) > WIDTH_MAX) return refused('width too big');
  if (Number(precision ?? 0) > WIDTH_MAX) return refused('precision too big');
  if (at >= format.length) return refused('incomplete format');
  if (!'diouxXeEfFgGcrsa'.includes(letter)) return refused(unsupported(format, at, letter));
  if (name === undefined) return refused(withoutName(letter));
  return {
    ok: true,
    kind: 'value',
    name,
    flags,
    width: Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    letter,
    end: at + letter.length,
  };
}

/** Parentheses inside a name must be in pairs. */
function closingParenthesis(format: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < format.length; at++) {
    const char = format.charAt(at);
    if (char === '(') depth++;
    if (char === ')' && --depth === 0) return at;
  }
  return undefined;
}

function unsupported(format: string, at: number, letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  const shown = code > 31 && code < 128 ? letter : '?';
  const index = Array.from(format.slice(0, at)).length;
  return `unsupported format character '${shown}' (0x${code.toString(16)}) at index ${index}`;
}

/** Python formats the whole mapping for a bare `%s`, environment and all. Nobody can mean that: `date +%s` is refused. */
function withoutName(letter: string): string {
  if ('sra'.includes(letter)) return `%${letter} has no name`;
  if (letter === 'c') return '%c requires int or char';
  if ('oxX'.includes(letter)) return `%${letter} format: an integer is required, not dict`;
  if ('diu'.includes(letter)) return `%${letter} format: a real number is required, not dict`;
  return 'must be real number, not dict';
}
