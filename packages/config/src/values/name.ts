/** Names of programs, groups and processes, and comma lists. */

import { pythonRepr, strip } from '../ini/python-text.ts';
import { bad, type Converted, good } from './converted.ts';

/** Refuses what would break the event protocol and the addresses of the status page. An empty name is accepted. */
export function processOrGroupName(text: string): Converted<string> {
  const name = strip(text);
  for (const character of ' :/') {
    if (!name.includes(character)) continue;
    const message = `Invalid name: ${pythonRepr(text)} because of character: ${pythonRepr(character)}`;
    return bad(message, 'a name without blanks, colons and slashes');
  }
  return good(name);
}

/** Items between commas, each stripped; an empty text is an empty list. */
export function stringList(text: string): string[] {
  return text === '' ? [] : text.split(',').map(strip);
}
