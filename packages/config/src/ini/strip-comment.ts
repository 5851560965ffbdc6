/** Where a comment begins on a line, exactly as Python's config parser finds it. */

import { isPythonSpace, strip } from './python-text.ts';

const PREFIXES = [';', '#'] as const;

export interface UncommentedLine {
  /** The line without its comment and without white space at both ends. */
  readonly text: string;
  readonly hadComment: boolean;
}

/** A line that begins with `;` or `#` is a comment; so is the rest of a line from one of them after white space. */
export function stripComment(line: string): UncommentedLine {
  const whole = strip(line);
  if (PREFIXES.some((prefix) => whole.startsWith(prefix))) return { text: '', hadComment: true };
  const start = inlineCommentStart(line);
  return start === undefined
    ? { text: whole, hadComment: false }
    : { text: strip(line.slice(0, start)), hadComment: true };
}

/**
 * Python looks at the first occurrence of both signs, then at the second of both, and stops in the first round that
 * finds a comment: in `a#b #c ;d` the comment is `;d`. Files rely on what it does, not on what it should do.
 */
function inlineCommentStart(line: string): number | undefined {
  let searched = PREFIXES.map((prefix) => ({ prefix, index: -1 }));
  while (searched.length > 0) {
    searched = searched
      .map(({ prefix, index }) => ({ prefix, index: line.indexOf(prefix, index + 1) }))
      .filter(({ index }) => index !== -1);
    const found = searched.filter(({ index }) => index === 0 || isPythonSpace(line.charAt(index - 1)));
    if (found.length > 0) return Math.min(...found.map(({ index }) => index));
  }
  return undefined;
}
