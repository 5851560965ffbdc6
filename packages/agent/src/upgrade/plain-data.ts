/** Plain data as text and back, with what JSON has no word for: bytes and whole numbers of any size. */

/** @param value of objects, arrays, text, numbers, booleans, bigints, byte arrays */
export function toText(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key: string, plain: unknown) {
    // Not `plain`: a Buffer has been made into something else by then.
    const real = this[key];
    if (real instanceof Uint8Array) return { [BYTES]: Buffer.from(real).toString('base64') };
    return typeof plain === 'bigint' ? { [WHOLE]: String(plain) } : plain;
  });
}

/** @throws SyntaxError for what `toText` has not written */
export function fromText(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if (BYTES in value) return Buffer.from(String(value[BYTES]), 'base64');
    return WHOLE in value ? BigInt(String(value[WHOLE])) : value;
  });
}

const BYTES = '$bytes';
const WHOLE = '$whole';
