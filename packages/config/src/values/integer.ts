/** Whole numbers as Python's int() reads them: sign, blanks around, single underscores between digits. */

import { pythonRepr, strip } from '../ini/python-text.ts';
import { bad, type Converted, good } from './converted.ts';

/** The number, or undefined when int(text, base) would refuse the text. */
export function pythonInt(text: string, base: 8 | 10 = 10): number | undefined {
  const form = base === 10 ? /^([+-]?)(\d+(?:_\d+)*)$/ : /^([+-]?)(?:0[oO]_?)?([0-7]+(?:_[0-7]+)*)$/;
  const match = form.exec(strip(text));
  if (match === null) return undefined;
  const [, sign, digits = ''] = match;
  const size = Number.parseInt(digits.replaceAll('_', ''), base);
  // Not -0: it would differ from 0 in a comparison.
  return sign === '-' && size !== 0 ? -size : size;
}

export function integer(text: string): Converted<number> {
  const value = pythonInt(text);
  if (value !== undefined && Number.isSafeInteger(value)) return good(value);
  return bad(`invalid literal for int() with base 10: ${pythonRepr(text)}`, 'a whole number');
}

/** File modes and umasks: `022`, `22`, `0o22`. */
export function octal(text: string): Converted<number> {
  const value = pythonInt(text, 8);
  if (value !== undefined && Number.isSafeInteger(value)) return good(value);
  return bad(`${text} can not be converted to an octal type`, 'an octal number such as 022');
}

/** Octal, with the message Supervisor has for one option alone. */
export function octalNamed(complaint: string): (text: string) => Converted<number> {
  return (text) => {
    const value = octal(text);
    return value.ok ? value : bad(`${complaint} ${text}`, 'an octal number such as 0700');
  };
}

const UNITS: Readonly<Record<string, number>> = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** A number of bytes with an optional KB, MB or GB. */
export function byteSize(text: string): Converted<number> {
  const lower = text.toLowerCase();
  const unit = UNITS[lower.slice(-2)];
  const digits = unit === undefined ? lower : lower.slice(0, -2);
  const value = pythonInt(digits);
  if (value !== undefined && Number.isSafeInteger(value * (unit ?? 1))) return good(value * (unit ?? 1));
  const message = `invalid literal for int() with base 10: ${pythonRepr(digits)}`;
  return bad(message, 'a whole number of bytes, or one with KB, MB or GB');
}

/** Comma list of 0..255; an empty text is an empty list. */
export function exitCodes(text: string): Converted<number[]> {
  const codes: number[] = [];
  for (const item of text === '' ? [] : text.split(',')) {
    const code = pythonInt(item);
    if (code === undefined || code < 0 || code > 255) {
      return bad(`not a valid list of exit codes: ${pythonRepr(text)}`, 'numbers from 0 to 255 with commas between');
    }
    codes.push(code);
  }
  return good(codes);
}
