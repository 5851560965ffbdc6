/** A value put into the form that one `%(name)...` asks for, as Python does it. */

import { hexEscape, pythonRepr } from '../ini/python-text.ts';
import type { Conversion } from './read-conversion.ts';

export type Formatted = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

const formatted = (text: string): Formatted => ({ ok: true, text });
const refused = (reason: string): Formatted => ({ ok: false, reason });

export function formatConversion(conversion: Conversion, value: string | number): Formatted {
  const { letter } = conversion;
  if ('sra'.includes(letter)) return formatted(padded(conversion, textOf(conversion, value)));
  if (letter === 'c') return formatChar(conversion, value);
  if ('diu'.includes(letter)) {
    if (typeof value === 'string') return refused(`%${letter} format: a real number is required, not str`);
    return formatted(numberText(conversion, value, digits(conversion, Math.abs(value).toString())));
  }
  if ('oxX'.includes(letter)) {
    if (typeof value === 'string') return refused(`%${letter} format: an integer is required, not str`);
    return formatted(numberText(conversion, value, radixText(conversion, Math.abs(value))));
  }
  if (typeof value === 'string') return refused('must be real number, not str');
  return formatted(numberText(conversion, value, floatText(conversion, Math.abs(value))));
}

function textOf({ letter, precision }: Conversion, value: string | number): string {
  const text = typeof value === 'number' ? String(value) : quoted(letter, value);
  return precision === undefined ? text : Array.from(text).slice(0, precision).join('');
}

function quoted(letter: string, value: string): string {
  if (letter === 's') return value;
  const shown = pythonRepr(value);
  return letter === 'r' ? shown : shown.replace(/[^\n -~]/gu, hexEscape);
}

function formatChar(conversion: Conversion, value: string | number): Formatted {
  if (typeof value === 'number') {
    if (value < 0 || value > 0x10ffff) return refused('%c arg not in range(0x110000)');
    return formatted(padded(conversion, String.fromCodePoint(value)));
  }
  return Array.from(value).length === 1 ? formatted(padded(conversion, value)) : refused('%c requires int or char');
}

function digits({ precision }: Conversion, text: string): string {
  return text.padStart(precision ?? 0, '0');
}

function radixText(conversion: Conversion, value: number): string {
  const { letter, flags } = conversion;
  const body = digits(conversion, value.toString(letter === 'o' ? 8 : 16));
  const text = flags.includes('#') ? `0${letter.toLowerCase()}${body}` : body;
  return letter === 'X' ? text.toUpperCase() : text;
}

/** `%e`, `%f` and `%g` of what can only be a whole number here. */
function floatText({ letter, precision = 6, flags }: Conversion, value: number): string {
  const kind = letter.toLowerCase();
  let text: string;
  if (kind === 'f') text = value.toFixed(Math.min(precision, 100));
  else if (kind === 'e') text = withLongExponent(value.toExponential(Math.min(precision, 100)));
  else {
    const significant = Math.min(Math.max(precision, 1), 100);
    const exponent = value === 0 ? 0 : Math.floor(Math.log10(value));
    const isShort = exponent < significant;
    text = isShort ? String(value) : withLongExponent(value.toExponential(significant - 1).replace(/\.?0+e/, 'e'));
  }
  if (flags.includes('#') && precision === 0 && kind === 'f') text += '.';
  return letter === kind ? text : text.toUpperCase();
}

/** Python writes at least two digits of exponent. */
function withLongExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function numberText(conversion: Conversion, value: number, unsigned: string): string {
  const { flags, width } = conversion;
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  if (!flags.includes('0') || flags.includes('-')) return padded(conversion, sign + unsigned);
  const prefix = /^0[xXo]/.exec(unsigned)?.[0] ?? '';
  const body = unsigned.slice(prefix.length);
  return sign + prefix + body.padStart(width - sign.length - prefix.length, '0');
}

function padded({ flags, width }: Conversion, text: string): string {
  const missing = ' '.repeat(Math.max(0, width - Array.from(text).length));
  return flags.includes('-') ? text + missing : missing + text;
}
