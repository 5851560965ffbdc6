/**
 * Answers of a Supervisor that sends log text as it is: a coloured line holds ESC, which XML forbids, and its own client then
 * shows an error where a log should be. Each control character becomes a noncharacter that XML allows, and back in the value.
 */
import type { XmlRpcValue } from '../../compat/xmlrpc/value.ts';

/** U+FDD0 to U+FDEF are 32 code points that mean nothing: one for each control character. */
const FIRST = 0xfdd0;
const UTF8_BYTES = 3;

/** The same text without characters that XML forbids; undefined when there were none, and it is broken otherwise. */
export function veilControls(bytes: Uint8Array): Uint8Array | undefined {
  const controls = bytes.reduce((count, byte) => count + (isForbidden(byte) ? 1 : 0), 0);
  if (controls === 0) return undefined;
  const veiled = Buffer.alloc(bytes.length + controls * (UTF8_BYTES - 1));
  let at = 0;
  for (const byte of bytes) {
    if (isForbidden(byte)) at += veiled.write(String.fromCharCode(FIRST + byte), at);
    else at = veiled.writeUInt8(byte, at);
  }
  return veiled;
}

/** The value as it was meant. */
export function unveilControls(value: XmlRpcValue): XmlRpcValue {
  if (typeof value === 'string') {
    return value.replace(/[\ufdd0-\ufdef]/g, (char) => String.fromCharCode(char.charCodeAt(0) - FIRST));
  }
  if (Array.isArray(value)) return value.map((item: XmlRpcValue) => unveilControls(item));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unveilControls(member)]));
}

function isForbidden(byte: number): boolean {
  return byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d;
}
