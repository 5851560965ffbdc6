/** Paths of `[supervisord]` and of its command line: absolute, because a daemon may go to another folder after it has read them. */

import type { DaemonSpec } from '../daemon-specs.ts';
import type { ParseContext } from '../parse-context.ts';
import { absolutePath } from '../paths.ts';
import { type Converter, good } from './converted.ts';
import { existingDirectory, existingDirpath } from './file-paths.ts';

/** `syslog`, or a path whose folder exists. */
export function mainLogTarget(context: ParseContext): Converter<DaemonSpec['logfile']> {
  return (text) => {
    if (text === 'syslog') return good({ kind: 'syslog' });
    const path = daemonFile(context)(text);
    return path.ok ? good({ kind: 'file', path: path.value }) : path;
  };
}

/** A file that need not exist, in a folder that must. */
export function daemonFile(context: ParseContext): Converter<string> {
  return madeAbsolute(context, existingDirpath(context));
}

/** A folder that exists. */
export function daemonFolder(context: ParseContext): Converter<string> {
  return madeAbsolute(context, existingDirectory(context));
}

function madeAbsolute({ cwd }: ParseContext, convert: Converter<string>): Converter<string> {
  return (text) => {
    const path = convert(text);
    return path.ok ? good(absolutePath(cwd, path.value)) : path;
  };
}
