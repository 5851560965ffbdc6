/** Text from elsewhere, made safe for a terminal: nothing in a name or a message may move the cursor or hide what follows. */

/**
 * Controls (C0, DEL, C1), line and paragraph separators, what turns or hides the direction of text, and halves of
 * surrogate pairs.
 */
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text on one line, with what is unsafe written as an escape: `\x1b`, `\n`, `\u202e`. */
export function visible(text: string): string {
  return text.replace(unsafe, (char) => named[char] ?? escapeOf(char.charCodeAt(0)));
}

/** The lines of a text, each made visible; a newline at the end begins no further line. */
export function visibleLines(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n').map((line) => visible(line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function escapeOf(code: number): string {
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
