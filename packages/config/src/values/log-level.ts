/** `loglevel` of the daemon. */

import type { LogLevel } from '../daemon-specs.ts';
import { pythonRepr } from '../ini/python-text.ts';
import { bad, type Converted, good } from './converted.ts';

const LEVELS = [
  'critical',
  'error',
  'warn',
  'info',
  'debug',
  'trace',
  'blather',
] as const satisfies readonly LogLevel[];

export function logLevel(text: string): Converted<LogLevel> {
  const word = text.toLowerCase();
  const level = LEVELS.find((name) => name === word);
  return level === undefined ? bad(`bad logging level name ${pythonRepr(text)}`, LEVELS.join(', ')) : good(level);
}
