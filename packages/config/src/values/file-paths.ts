/** Paths in options: `~`, and whether the folder is there, which only the host can say. */

import type { ParseContext } from '../parse-context.ts';
import { dirname, expandUser, joinPath } from '../paths.ts';
import { bad, type Converted, type Converter, good } from './converted.ts';

/** What a log option names; `syslog` is the deprecated spelling of `*_syslog=true`. */
export type LogFileName =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'syslog' }
  | { readonly kind: 'file'; readonly path: string };

export function existingDirectory(context: ParseContext): Converter<string> {
  return (text) => {
    const path = expandUser(text, context.homeOf);
    if (text !== '' && isDirectory(context, path)) return good(path);
    return bad(`${text} is not an existing directory`, 'a folder that exists: create it first');
  };
}

/** The file need not exist, its folder must. */
export function existingDirpath(context: ParseContext): Converter<string> {
  return (text) => {
    const path = expandUser(text, context.homeOf);
    const folder = dirname(path);
    if (folder === '' || isDirectory(context, folder)) return good(path);
    const message = `The directory named as part of the path ${text} does not exist`;
    return bad(message, 'a path in a folder that exists: create the folder first');
  };
}

export function logFileName(context: ParseContext): Converter<LogFileName> {
  return (text): Converted<LogFileName> => {
    const word = text.toLowerCase();
    if (word === 'none' || word === 'off' || word === '') return good({ kind: 'none' });
    if (word === 'auto' || word === 'syslog') return good({ kind: word });
    const path = existingDirpath(context)(text);
    return path.ok ? good({ kind: 'file', path: path.value }) : path;
  };
}

function isDirectory(context: ParseContext, path: string): boolean {
  return context.directoryExists?.(joinPath(context.cwd, path)) ?? true;
}
