/** Python's idea of white space and of how a string is shown: both are part of the dialect and of its messages. */

const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING = new RegExp(`^[${SPACE}]+`);
const ONE = new RegExp(`^[${SPACE}]$`);
const RUN = new RegExp(`[${SPACE}]+`);

/** str.isspace of one character. */
export function isPythonSpace(char: string): boolean {
  return ONE.test(char);
}

/** str.strip: also takes \x1c-\x1f and \x85, and leaves a byte order mark, unlike trim. */
export function strip(text: string): string {
  return stripEnd(text.replace(LEADING, ''));
}

/** str.rstrip; a loop, because a regular expression anchored at the end is quadratic on long runs of blanks. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isPythonSpace(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** How many characters of white space a line begins with; a tab counts as one. */
export function indentOf(line: string): number {
  return LEADING.exec(line)?.[0].length ?? 0;
}

/** str.split(): words between runs of white space. */
export function splitWords(text: string): string[] {
  return text.split(RUN).filter((word) => word !== '');
}

/** repr of a string, as Supervisor's messages quote values. */
export function pythonRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const char of text) body += char === quote || char === '\\' ? `\\${char}` : shown(char);
  return quote + body + quote;
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function shown(char: string): string {
  const isPrintable = char === ' ' || !/[\p{C}\p{Z}]/u.test(char);
  return isPrintable ? char : (NAMED[char] ?? hexEscape(char));
}

/** `\xNN`, `\uNNNN` or `\UNNNNNNNN`, the shortest that holds it. */
export function hexEscape(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
