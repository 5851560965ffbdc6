/** `environment = A="1",B=2`, with all its oddities: files rely on them. */

import { bad, type Converted, good } from './converted.ts';
import { lexWords } from './shell-words.ts';

const ALLOWED =
  'KEY="value" pairs with commas between; quotes where a value holds more than letters, digits and /.+-():_';

/**
 * Takes words as KEY, `=`, VALUE and skips the one that follows, whatever it is (datatypes.dict_of_key_value_pairs): so
 * `A=1;B=2` sets both, and of `A=hello world` the rest is lost.
 */
export function environment(text: string): Converted<Readonly<Record<string, string>>> {
  const lexed = lexWords(text, { splitsOnlyOnSpace: false, hasComments: true });
  if (!lexed.ok) return bad(lexed.reason, ALLOWED);
  const pairs: [string, string][] = [];
  for (let at = 0; at < lexed.words.length; at += 4) {
    const [key, equals, value] = lexed.words.slice(at, at + 3);
    if (key === undefined || equals !== '=' || value === undefined) {
      return bad(`Unexpected end of key/value pairs in value '${text}'`, ALLOWED);
    }
    pairs.push([key, value]);
  }
  // Not by assignment: a variable may be called __proto__.
  return good(Object.fromEntries(pairs));
}
