/** `command` to words, as Supervisor splits it at every start. */

import { lexWords } from './values/shell-words.ts';

export type SplitCommand =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly reason: 'No closing quotation' | 'No escaped character' };

/** Python's shlex.split: quotes and backslashes count, newlines are blanks, and there is no shell. No words at all is not an error here. */
export function splitCommand(command: string): SplitCommand {
  return lexWords(command, { splitsOnlyOnSpace: true, hasComments: false });
}
