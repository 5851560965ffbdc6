/** Booleans and `autorestart`. */

import { pythonRepr } from '../ini/python-text.ts';
import type { Autorestart } from '../specs.ts';
import { bad, type Converted, good } from './converted.ts';

const TRUE = ['yes', 'true', 'on', '1'];
const FALSE = ['no', 'false', 'off', '0'];
const SPELLINGS = 'true, yes, on, 1, false, no, off, 0';

export function boolean(text: string): Converted<boolean> {
  const word = text.toLowerCase();
  if (TRUE.includes(word)) return good(true);
  if (FALSE.includes(word)) return good(false);
  return bad(`not a valid boolean value: ${pythonRepr(text)}`, SPELLINGS);
}

export function autorestart(text: string): Converted<Autorestart> {
  const word = text.toLowerCase();
  if (TRUE.includes(word)) return good('always');
  if (FALSE.includes(word)) return good('never');
  if (word === 'unexpected') return good('unexpected');
  return bad(`invalid 'autorestart' value ${pythonRepr(word)}`, `unexpected, ${SPELLINGS}`);
}
