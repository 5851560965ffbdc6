/** Python's shlex in POSIX mode: quotes, backslashes, and what ends a word. No variables, no patterns, no `~`. */

export interface LexerRules {
  /** Whether every character outside white space and quotes may be in a word; else only the word characters below. */
  readonly splitsOnlyOnSpace: boolean;
  /** Whether `#` begins a comment that runs to the end of the line. */
  readonly hasComments: boolean;
}

export type LexedWords =
  | { readonly ok: true; readonly words: string[] }
  | { readonly ok: false; readonly reason: 'No closing quotation' | 'No escaped character' };

const SPACE = ' \t\r\n';
const QUOTES = '\'"';
/** shlex's own for POSIX mode, and Supervisor's `/.+-():`. */
const WORD_CHARACTER = /^[A-Za-z0-9_ß-öø-ÿÀ-ÖØ-Þ/.+\-():]$/;

export function lexWords(text: string, rules: LexerRules): LexedWords {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (SPACE.includes(char)) at++;
    else if (rules.hasComments && char === '#') at = endOfLine(text, at);
    else if (isWordPart(char, rules)) {
      const word = readWord(text, at, rules);
      if (!word.ok) return word;
      words.push(word.text);
      at = word.end;
    } else {
      const sign = characterAt(text, at);
      words.push(sign);
      at += sign.length;
    }
  }
  return { ok: true, words };
}

type Piece = { readonly ok: true; readonly text: string; readonly end: number } | (LexedWords & { ok: false });

function readWord(text: string, start: number, rules: LexerRules): Piece {
  let word = '';
  let at = start;
  while (at < text.length) {
    const char = text.charAt(at);
    if (QUOTES.includes(char)) {
      const quoted = readQuoted(text, at);
      if (!quoted.ok) return quoted;
      word += quoted.text;
      at = quoted.end;
    } else if (char === '\\') {
      if (at + 1 >= text.length) return { ok: false, reason: 'No escaped character' };
      const escaped = characterAt(text, at + 1);
      word += escaped;
      at += 1 + escaped.length;
    } else if (SPACE.includes(char) || !isWordPart(char, rules)) break;
    else {
      word += char;
      at++;
    }
  }
  return { ok: true, text: word, end: at };
}

/** Within double quotes a backslash escapes itself and the quote; before anything else it stays. */
function readQuoted(text: string, open: number): Piece {
  const quote = text.charAt(open);
  let body = '';
  for (let at = open + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === quote) return { ok: true, text: body, end: at + 1 };
    if (char !== '\\' || quote !== '"') {
      body += char;
      continue;
    }
    at++;
    if (at >= text.length) return { ok: false, reason: 'No escaped character' };
    const escaped = text.charAt(at);
    body += escaped === quote || escaped === '\\' ? escaped : `\\${escaped}`;
  }
  return { ok: false, reason: 'No closing quotation' };
}

function isWordPart(char: string, rules: LexerRules): boolean {
  if (rules.hasComments && char === '#') return false;
  if (QUOTES.includes(char) || char === '\\') return true;
  return rules.splitsOnlyOnSpace || WORD_CHARACTER.test(char);
}

/** A whole character, also where JavaScript counts it as two. */
function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}
