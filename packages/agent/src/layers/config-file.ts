/** Reads the main config file from the disk. What is in it is the parser's business. */
import { readFileSync } from 'node:fs';
import { type ParseContext, type ParseResult, parseConfig } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import { errnoOf } from '../os/errno.ts';

/** The main file as it is now, parsed. */
export function readConfig(file: string, context: ParseContext): ParseResult {
  const text = readMainFile(file);
  if (typeof text !== 'string') return parseConfig({ file, text }, context);
  return { ok: false, problems: [{ file, line: 0, section: undefined, option: undefined, message: text }] };
}

/** The file's bytes, or in Supervisor's words why there are none, and what to do. */
function readMainFile(file: string): Uint8Array | string {
  try {
    return readFileSync(file);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return `could not find config file ${file}; name an existing one with -c`;
    if (errno === 'EISDIR') return `could not read config file ${file}: it is a folder; name a file in it with -c`;
    return `could not read config file ${file}: ${messageOf(error)}; make it readable for the user of the agent`;
  }
}
