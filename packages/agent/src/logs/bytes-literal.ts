/** How Python shows bytes: Supervisor writes those that are no UTF-8 so. */

const NAMED: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x5c, '\\\\'],
]);

/** repr of a bytes object: `b'caf\xe9'`. */
export function bytesLiteral(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  let text = '';
  for (const byte of bytes) text += shown(byte, quote);
  return `b${quote}${text}${quote}`;
}

function shown(byte: number, quote: string): string {
  const named = NAMED.get(byte);
  if (named !== undefined) return named;
  if (byte < 0x20 || byte > 0x7e) return `\\x${byte.toString(16).padStart(2, '0')}`;
  const char = String.fromCharCode(byte);
  return char === quote ? `\\${char}` : char;
}

/** The text that bytes are, or Supervisor's words for those that are none. */
export function textOrLiteral(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    // It throws for no other reason than bytes that are no UTF-8.
    return `Undecodable: ${bytesLiteral(bytes)}`;
  }
}

/** As Python decodes: a byte order mark stays. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
