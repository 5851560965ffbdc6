/** Users and groups by name or number. Whether they exist is the host's to say. */

import type { ParseContext } from '../parse-context.ts';
import { bad, type Converter, good } from './converted.ts';
import { pythonInt } from './integer.ts';

export function userName(context: ParseContext): Converter<string> {
  return (text) => {
    if (text !== '' && (context.userExists?.(text) ?? true)) return good(text);
    const kind = pythonInt(text) === undefined ? 'name' : 'id';
    return bad(`Invalid user ${kind} ${text}`, 'the name or number of a user of this host');
  };
}

/** `user` or `user:group`; the message differs by option. */
export function userAndGroup(context: ParseContext, complaint: string): Converter<string> {
  return (text) => {
    const colon = text.indexOf(':');
    const user = colon === -1 ? text : text.slice(0, colon);
    const group = colon === -1 ? undefined : text.slice(colon + 1);
    const isKnown =
      (context.userExists?.(user) ?? true) && (group === undefined || (context.groupExists?.(group) ?? true));
    return isKnown ? good(text) : bad(`${complaint} ${text}`, 'user or user:group of this host');
  };
}
